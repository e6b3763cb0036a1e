"""The bias and its distance |b|/||w|| over time, as the imbalance of support vectors and the reading of the loss move.

Measured curves are those of the run whose imbalance is nearest to the slider's. The reduced model of
`grokking.logistic.reduced` is computed in the page at the slider's own: with L = |log delta| and the logit z of the
support vectors as parameter, b(z) and the step n(z) are its equations (i) and (ii).
"""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
from judging.query import Results

from explorer.parts import (
    MODEL,
    PAPER,
    READINGS,
    STEP,
    TEST,
    TRAIN,
    Panel,
    calculated,
    choice,
    data,
    decades,
    formulas,
    key,
    nearest,
    said_above,
    slider,
    step_size,
    sweeps,
)

EXPERIMENTS = {"mean": "delta-total-mean", "sum": "delta-total-sum"}
QUANTITIES = ("bias", "bias_distance")
PER_DECADE = 10
"""Measured curves are summed up over seeds and over the steps of a tenth of a decade."""
BAND = {"low": 0.05, "middle": 0.5, "high": 0.95}
LAST = 13
NODES = 300
"""Logits z, from 1e-6 to 100, at which the model is drawn."""
WIDTH = 400
NAME = "bias"
TITLE = f"Logistic regression: the bias and its distance from step 1 to 1e{LAST}"
TEXT = """Gradient descent in two dimensions with S+ and S- equally spaced support vectors: the bias b, which the
paper says tends to |log δ| = ½ ln(S+/S-), and the distance |b|/||w|| of the separator from the origin. Move
the imbalance, and choose the reading of the loss. Lines and bands (5 to 95 % of the seeds) are measured, in
the run whose imbalance is nearest to the slider's; the flow of two variables is of the same run, and of the
mean loss alone; the reduced model, of support vectors alone and so of late training, is computed in this
page at the slider's own imbalance."""
MEASURED, FLOW, REDUCED = "measured", "flow, nothing fitted", "reduced model, computed here"
SOURCES = {MEASURED: TRAIN, FLOW: TEST, REDUCED: MODEL}
MODELLED = {  # as in grokking.logistic.reduced, with L = |log delta| and the logit z
    "sinh_L": "(exp(imbalance) - exp(-imbalance))/2",
    "cosh_L": "(exp(imbalance) + exp(-imbalance))/2",
    "s_pos": "total/(1 + exp(-2*imbalance))",
    "s_neg": "total - s_pos",
    "rate": "step_size*gamma*gamma*sqrt(s_pos*s_neg)/2",
}
OF_LOGIT = {
    "z": f"1e-6*pow(1e8, datum.i/{NODES})",
    "x": "exp(-datum.z)*sinh_L",
    "asinh": "log(datum.x + hypot(datum.x, 1))",
    "v": "hypot(exp(datum.z), sinh_L)",
    "rise": "(exp(2*datum.z) - 1)/(datum.v + cosh_L)",
    "t": "(datum.z*cosh_L + datum.rise + (imbalance - datum.asinh)*sinh_L)/rate",
    "bias_middle": "imbalance + datum.asinh",
    "bias_distance_middle": "datum.bias_middle*gamma/(2*datum.z)",
    "source": f"'{REDUCED}'",
}


def panel(results: Results) -> Panel:
    """Return the panel of those readings whose experiment is there. Raises NotInResultsError where none is."""
    found = sweeps(results, EXPERIMENTS)
    rows = pd.concat(rows_of(results, run) for runs in found.values() for _, run in runs.iterrows())
    b = alt.Y("bias_middle:Q", title="bias b").scale(zero=True)
    distance = alt.Y("bias_distance_middle:Q", title="distance |b|/||w||", **decades(-6, 0))
    chart = alt.HConcatChart(
        name=NAME,
        data=data(rows),
        hconcat=[
            alt.layer(*_over_time("bias", b), *_limit(), **_size("bias_over_time")),
            alt.layer(*_over_time("bias_distance", distance), **_size("distance_over_time")),
        ],
    )
    return Panel(NAME, TITLE, TEXT, chart.add_params(*controls(found)))


def rows_of(results: Results, run: pd.Series) -> pd.DataFrame:
    """Return what was measured in a run, and what the flow says of it: `t`, and quantiles of both quantities."""
    own = {"reading": run["reduction"], "of_run": run["log_delta"], "counts": f"{run['s_pos']:g} : {run['s_neg']:g}"}
    curves = [_summed_up(results.curve_rows(run["run"], quantity, "train"), quantity) for quantity in QUANTITIES]
    theory = results.table("theory")
    theory = theory[(theory["run"] == run["run"]) & theory["quantity"].isin(QUANTITIES)]
    wide = theory.pivot_table(index="step", columns="quantity", values="value").add_suffix("_middle")
    sources = {MEASURED: pd.concat(curves, axis=1), FLOW: wide}
    tables = [table.rename_axis("t").reset_index().assign(source=source, **own) for source, table in sources.items()]
    return pd.concat(table for table in tables if len(table))


def _size(name: str) -> dict:
    return {"name": name, "width": WIDTH, "height": 300}


def _summed_up(rows: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Return quantiles of a curve by step: over seeds and the steps that are nearest to it on the grid."""
    nearest = 10 ** (np.round(np.log10(rows["step"].clip(lower=1)) * PER_DECADE) / PER_DECADE)
    groups = rows[rows["step"] > 0].groupby(nearest)["value"]
    return pd.DataFrame({f"{quantity}_{name}": groups.quantile(share) for name, share in BAND.items()})


def controls(found: Mapping[str, pd.DataFrame]) -> list[alt.Parameter]:
    """Return the reading, the imbalance, and what the model needs to know of a reading's runs."""
    first = next(iter(found.values()))
    every = pd.concat(found.values())["log_delta"]
    middle = first["log_delta"].sort_values().iloc[len(first) // 2]
    of_reading = {
        "total": lambda run: run["s_pos"] + run["s_neg"],
        "gamma": lambda run: run["gamma"],
        "step_size": step_size,
    }
    values = {
        name: {reading: float(of(runs.iloc[0])) for reading, runs in found.items()} for name, of in of_reading.items()
    }
    return [
        choice("bias_reading", "reading of the loss:", {reading: READINGS[reading] for reading in found}),
        slider("imbalance", "|log δ| = ½ ln(S+/S-)", *(round(x, 3) for x in (every.min(), every.max(), 0.001, middle))),
        *formulas({name: f"({of})[bias_reading]" for name, of in values.items()}),
        *formulas(MODELLED),
    ]


def _over_time(quantity: str, y: alt.Y) -> list[alt.Chart]:
    """Return one quantity over steps: measured, by the flow, and by the model."""
    x, colour = alt.X("t:Q", title=STEP, **decades(0, LAST)), key("source", SOURCES, "", symbolType="stroke")
    lines = _nearest().mark_line(clip=True).encode(x, y, colour)
    band = (
        _nearest()
        .transform_filter(f"datum.source == '{MEASURED}'")
        .mark_area(opacity=0.25, color=TRAIN, clip=True)
        .encode(x, alt.Y(f"{quantity}_low:Q"), alt.Y2(f"{quantity}_high"))
    )
    model = alt.Chart(alt.sequence(0, NODES + 1, as_="i")).mark_line(clip=True, strokeDash=[2, 3])
    model.transform = [*calculated(OF_LOGIT), alt.FilterTransform(f"datum.t >= 1 && datum.t <= 1e{LAST}")]
    return [band, lines, model.encode(x, y, colour, order="t:Q")]


def _nearest() -> alt.Chart:
    return nearest("datum.reading == bias_reading", "of_run", "imbalance")


def _limit() -> list[alt.Chart]:
    """Return the paper's limit of the bias, and which runs are shown."""
    limit = alt.Chart(alt.sequence(0, 1)).transform_calculate(limit="imbalance").encode(y="limit:Q")
    name = limit.mark_text(text="the paper's limit |log δ|", color=PAPER, dy=12, align="right")
    counts = "'S+ : S- = ' + datum.counts + ' measured, ' + format(s_pos, '.0f') + ' : ' + format(s_neg, '.0f')"
    return [
        limit.mark_rule(color=PAPER, strokeDash=[6, 3]),
        name.encode(x=alt.value(WIDTH - 2)),
        said_above(_nearest(), f"{counts} + ' in the model'"),
    ]
