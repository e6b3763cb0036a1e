"""The table `readings`: each number that the logistic paper publishes for two dimensions, scored under either loss.

The rule was written before the runs that it scores, and after first probes of the mean loss.
Block F: figures 2 and 4, support vectors planted, the first SEEDS seeds a set. A level scores 1 where the seeds' median
is within 15 %, 1/2 within a factor of 1.5; a time within factors of 1.5 and 3.
Block T: table 1 and the phases, nothing planted. A number scores by its place q among the seeds: 1 where q is in
MIDDLE, 1/2 in WIDE; a row of the table by the share of seeds in which all its numbers are within a factor of 3.
A set that was not run scores nothing, and its `most` is 0.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from grokking.results.files import write_parquet
from grokking.results.jobs import stage

from judging.logistic import at_step, from_first_logged, imbalance, peaks, share_of_row
from judging.query import NotInResultsError, Results, read_results
from judging.registry import Experiment, Measurement, measure

SEEDS = 10
MIDDLE, WIDE = (0.25, 0.75), (0.05, 0.95)
PLANTED = {  # reading: experiments with balanced classes and with others
    "mean over the square": ("logistic-full-mean", "logistic-classes-mean"),
    "mean equispaced": ("logistic-equispaced-mean", None),
    "sum over the square": ("logistic-full-sum", None),
    "sum equispaced": ("logistic-equispaced-sum", "logistic-classes-sum"),
}
PLAIN = {"mean": "logistic-plain-mean", "sum": "logistic-plain-sum"}
STANDARD = [
    {"quantity": "T_tr", "eps": 0.0, "near": 5e5},
    {"quantity": "T_te_standard", "eps": 0.0, "near": 2e6},
]
CONCENTRATED = [
    {"quantity": "T_tr", "eps": 0.0, "near": 4e2},
    {"quantity": "T_te_concentrated", "eps": 0.0, "near": 7e6},
]
LEVEL = [
    {"quantity": "T_tr", "eps": 0.001, "at_most": 10},
    {"quantity": "T_te_concentrated", "eps": 0.001, "near": 1e6},
]
ROWS = {
    "row of the standard test": STANDARD,
    "row of the concentrated test": CONCENTRATED,
    "row of the concentrated test, eps = 0.001": LEVEL,
    "both rows of the concentrated test in one run": CONCENTRATED + LEVEL,
}
TIMES = {  # statement: quantity, eps and the paper's number
    "T_tr(0), row of the standard test": ("T_tr", 0.0, 5e5),
    "T_te(0), standard test": ("T_te_standard", 0.0, 2e6),
    "T_tr(0), row of the concentrated test": ("T_tr", 0.0, 4e2),
    "T_te(0), concentrated test": ("T_te_concentrated", 0.0, 7e6),
    "T_te(0.001), concentrated test": ("T_te_concentrated", 0.001, 1e6),
}


@dataclass(frozen=True)
class Published:
    """A number of the paper, how our values for it score, and how they are read."""

    statement: str
    source: str
    value: float
    score: Callable[[np.ndarray, float], float]
    read: Callable[[Results, str], np.ndarray]


@stage
def score_readings(tables: list[Path], out: Path) -> None:
    """Write the table `readings`, from the tables runs, curves, times and bounds."""
    write_parquet(pa.Table.from_pandas(scored(read_results(tables)), preserve_index=False), out)


def scored(results: Results) -> pd.DataFrame:
    """Return the rows of `readings`: one for each number of the paper and reading."""
    rows = []
    for reading, experiments in PLANTED.items():
        rows += [_row("F", one, reading, results, experiments[0]) for one in FIGURES]
        rows.append(_row("F", OTHER_CLASSES, reading, results, experiments[1]))
    for reading, experiment in PLAIN.items():
        rows += [_row("T", one, reading, results, experiment) for one in TABLE]
        rows += list(_joint(reading, results, experiment))
    return pd.DataFrame(rows)


def _row(block: str, one: Published, reading: str, results: Results, experiment: str | None) -> dict:
    about = {"block": block, "statement": one.statement, "source": one.source, "paper_value": one.value}
    missing = {"median": np.nan, "low": np.nan, "high": np.nan, "quantile": np.nan, "score": np.nan, "most": 0.0}
    try:
        values = one.read(results, experiment)
        values = values[~np.isnan(values)]
    except NotInResultsError:
        values = np.array([])
    if len(values) == 0:
        return about | {"reading": reading} | missing
    numbers = {
        "median": _median(values),
        "low": values.min(),
        "high": values.max(),
        "quantile": _place(values, one.value),
    }
    return about | {"reading": reading} | numbers | {"score": one.score(values, one.value), "most": 1.0}


@measure
def lead(results: Results, experiment: Experiment, other: Experiment) -> Measurement:
    """Points of the reading that an experiment belongs to less those of another's, over what both can be scored on."""
    names = {experiments[0]: reading for reading, experiments in PLANTED.items()}
    names |= {name: reading for reading, name in PLAIN.items()}
    table = results.table("readings")
    scores = table.pivot_table(index=["block", "statement"], columns="reading", values="score")
    both = scores.reindex(columns=[names[experiment], names[other]]).dropna()
    return Measurement(float((both.iloc[:, 0] - both.iloc[:, 1]).sum()) if len(both) else np.nan)


def _joint(reading: str, results: Results, experiment: str) -> Iterator[dict]:
    """Yield the rows on several numbers of one run: `median` is the share of seeds that has them all."""
    for statement, times in ROWS.items():
        read = Published(statement, "text", np.nan, _any, lambda found, name, row=times: _share(found, name, row))
        yield _row("T", read, reading, results, experiment) | {"low": np.nan, "high": np.nan, "quantile": np.nan}


def _share(results: Results, experiment: str, times: list[dict]) -> np.ndarray:
    return np.array([share_of_row(results, experiment, times, 3).value])


def _any(values: np.ndarray, _: float) -> float:
    return 1.0 if values[0] >= 0.05 else 0.5 if values[0] > 0 else 0.0


def _median(values: np.ndarray) -> float:
    """Return the median, without a number halfway to infinity."""
    return float(np.quantile(values, 0.5, method="inverted_cdf" if np.isinf(values).any() else "linear"))


def _place(values: np.ndarray, value: float) -> float:
    return float((values < value).mean() + (values == value).mean() / 2)


def _level(values: np.ndarray, value: float) -> float:
    ratio = _median(values) / value
    return 1.0 if abs(ratio - 1) <= 0.15 else _within(ratio, 1.5) / 2


def _time(values: np.ndarray, value: float) -> float:
    ratio = _median(values) / value
    return 1.0 if _within(ratio, 1.5) else _within(ratio, 3) / 2


def _within(ratio: float, factor: float) -> bool:
    return 1 / factor <= ratio <= factor


def _in_range(values: np.ndarray, value: float) -> float:
    low, high = np.quantile(values, MIDDLE)
    return 1.0 if low <= value <= high else 0.5 if values.min() <= value <= values.max() else 0.0


def _among(values: np.ndarray, value: float) -> float:
    q = _place(values, value)
    return 1.0 if MIDDLE[0] <= q <= MIDDLE[1] else 0.5 if WIDE[0] <= q <= WIDE[1] else 0.0


def _at_most(full: float, half: float) -> Callable[[np.ndarray, float], float]:
    return lambda values, _: 1.0 if _median(values) <= full else 0.5 if _median(values) <= half else 0.0


def _train(values: np.ndarray, _: float) -> float:
    inside = (values >= 0.80) & (values <= 0.90)
    return 1.0 if inside.all() else 0.5 if inside.any() else 0.0


def _early(values: np.ndarray, value: float) -> float:
    share = (values <= value).mean()
    return 1.0 if share >= 0.25 else 0.5 if share >= 0.05 else 0.0


def _first(curve: pd.DataFrame) -> pd.DataFrame:
    return curve.loc[:, curve.columns < SEEDS]


def _steepest(results: Results, experiment: str) -> str:
    """Return the most imbalanced run of an experiment."""
    runs = results.runs(experiment, bias=True)
    return runs["run"].iloc[int(np.argmax(imbalance(runs)))]


def _bias_at(step: int) -> Callable[[Results, str], np.ndarray]:
    def read(results: Results, experiment: str) -> np.ndarray:
        return np.abs(at_step(_first(results.curve(_steepest(results, experiment), "bias")), step).to_numpy())

    return read


def _peak(results: Results, experiment: str) -> np.ndarray:
    return peaks(results, _steepest(results, experiment)).iloc[:SEEDS].to_numpy()


def _balanced_peak(results: Results, experiment: str) -> np.ndarray:
    runs = results.runs(experiment, bias=True)
    balanced = runs[runs["s_pos"] == runs["s_neg"]]
    if balanced.empty:
        raise NotInResultsError(f"experiment {experiment!r} has no balanced support vectors", [])
    return peaks(results, balanced["run"].iloc[0]).iloc[:SEEDS].to_numpy()


def _peak_step(results: Results, experiment: str) -> np.ndarray:
    return _first_times(results, results.runs(experiment, run=_steepest(results, experiment)))


def _peak_steps_of_classes(results: Results, experiment: str | None) -> np.ndarray:
    """Return the peak times of D(1500, 500) with balanced support vectors and the steepest either way, pooled."""
    if experiment is None:
        raise NotInResultsError("there are no classes of different size", [])
    runs = results.runs(experiment, bias=True)
    return _first_times(results, runs[(runs["n_pos"] > runs["n_neg"]) & (runs["s_pos"] > 0)])


def _first_times(results: Results, runs: pd.DataFrame) -> np.ndarray:
    steps = results.times(runs, "t_peak")
    if steps.empty:
        raise NotInResultsError("there is no such run", [])
    return steps[steps.index.get_level_values("seed") < SEEDS].to_numpy()


def _train_at_end(results: Results, experiment: str) -> np.ndarray:
    runs = results.runs(experiment, bias=True)["run"]
    return np.concatenate(
        [_first(results.curve(run, "accuracy", "train")).iloc[-1:].to_numpy().ravel() for run in runs]
    )


def _lowest(results: Results, experiment: str) -> np.ndarray:
    curve = results.curve(_steepest(results, experiment), "accuracy", "concentrated")
    return from_first_logged(_first(curve)).min().to_numpy()


def _seeds_times(quantity: str, eps: float) -> Callable[[Results, str], np.ndarray]:
    def read(results: Results, experiment: str) -> np.ndarray:
        return results.times(results.runs(experiment)[:1], quantity, eps, unreached=np.inf).to_numpy()

    return read


def _fall(results: Results, experiment: str) -> np.ndarray:
    """Return the steps from the paper's first logged one on at which |b|/||w|| is greatest."""
    curve = results.curve(results.first(experiment)["run"], "bias_distance")
    return from_first_logged(curve).idxmax().to_numpy(float)


FIGURES = [
    Published("b settles at, S(400, 300)", "plot", 0.26, _level, _bias_at(1_000_000)),
    Published("peak of |b|/||w||, S(400, 300)", "plot", 0.07, _level, _peak),
    Published("peak of |b|/||w||, S(350, 350)", "plot", 0.002, _in_range, _balanced_peak),
    Published("step of the peak, classes balanced, S(400, 300)", "text", 2e3, _time, _peak_step),
    Published("|b| at step 100, S(400, 300)", "text", 0.0, _at_most(0.05, 0.15), _bias_at(100)),
    Published("train accuracy at 1e7, 0.82 to 0.88", "plot", 0.85, _train, _train_at_end),
    Published("lowest concentrated accuracy, S(400, 300)", "plot", 0.5, _at_most(0.52, 0.60), _lowest),
]
OTHER_CLASSES = Published("step of the peak, classes 3 : 1", "text", 7e2, _time, _peak_steps_of_classes)
TABLE = [
    *(
        Published(name, "text", value, _among, _seeds_times(quantity, eps))
        for name, (quantity, eps, value) in TIMES.items()
    ),
    Published("T_tr(0.001), at most 10", "text", 10.0, _early, _seeds_times("T_tr", 0.001)),
    Published("fall of |b|/||w|| begins", "text", 5e4, _among, _fall),
]
