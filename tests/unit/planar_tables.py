"""Small tables of runs in two dimensions, with every quantity that their figures read, of smooth made-up curves."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import yaml
from checkout import ROOT
from experiments import datasets_of, runs_of

SEEDS = 2
N_STEPS = 12
MEASURED = ["T_tr", "T_te_standard", "T_te_concentrated", "T_te_concentrated_last", "T_te_geometric"]
PREDICTED = ["T_te_flow", "T_te_model", "T_te_theorem", "T_te_bound"]
PHASES = {"t_phase_2": 300, "t_phase_3": 2500, "t_peak": 2500}
PRECISIONS = {"bfloat16": 1e4, "float32": 2e5, "float64": 2e6}
STATEMENTS = {"F": {"b settles at": 0.26, "b(100)": 0.0}, "T": {"T_te(0)": 7e6, "rows 2 and 3 in one run": None}}
BLOCK_READINGS = {"F": ["mean over the square", "mean equispaced", "sum over the square", "sum equispaced"]}
BLOCK_READINGS["T"] = ["mean", "sum"]


def shipped() -> dict:
    """Return the configuration as it is shipped."""
    return yaml.safe_load((ROOT / "config.yaml").read_text())


def tables(config: dict) -> dict[str, pd.DataFrame]:
    """Return the tables runs, curves, times, bounds, theory and readings of a configuration's runs."""
    runs = runs_of(config, "planar")
    return {
        "runs": pd.DataFrame([{k: v for k, v in run.items() if k != "eps"} for run in runs]),
        "curves": pd.concat(curve for run in runs for curve in _curves(run)),
        "times": pd.DataFrame([row for run in runs for row in _times(run)]),
        "bounds": pd.DataFrame([row for run in runs for row in _bounds(run)]),
        "theory": pd.concat(curve for run in runs for curve in _theory(run)),
        "readings": pd.DataFrame(_readings()),
    }


def data(config: dict) -> dict[str, pd.DataFrame]:
    """Return designs of four points a data set and split."""
    points = [
        {"seed": 0, "split": split, "x_1": x, "x_2": -x, "y": y}
        for split in ("train", "concentrated")
        for x, y in ((1.0, 1), (-1.0, -1), (2.0, 1), (-2.0, -1))
    ]
    return {name: pd.DataFrame(points).assign(dataset=name) for name in datasets_of(config, "planar")}


def _delta(run: dict) -> float:
    return np.log(run["s_pos"] / run["s_neg"]) / 2 if run["s_pos"] else 0.1


def _steps(run: dict) -> np.ndarray:
    steps = np.unique(np.geomspace(1, run["horizon"], N_STEPS).round().astype(np.int64))
    return np.unique([steps, steps + 1]) if run["reduction"] == "sum" else steps


def _series(run: dict, steps: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    """Return curves of the shape that training gives: ||w|| as a cube root, b up to its plateau."""
    norm = (7e-3 * steps) ** (1 / 3)
    bias = 2 * _delta(run) * -np.expm1(-steps / 1e3) if run["bias"] else 0 * norm
    right = np.clip(1.02 - 20 * np.abs(bias) / norm, 0.5, 1)
    found = {("bias", "train"): bias, ("norm", "train"): norm, ("bias_distance", "train"): np.abs(bias) / norm}
    for split in ("train", "standard", "concentrated"):
        found["accuracy", split] = right if split == "concentrated" else 0.5 + right / 2
    found["accuracy_without_bias", "concentrated"] = found["accuracy_without_tilt", "concentrated"] = right
    if run["attack_n_steps"]:
        found["adversarial_exact", "standard"] = found["adversarial_pgd_float32_normalised", "standard"] = (
            0 * norm + 0.63
        )
        for name, onset in PRECISIONS.items():
            found[f"adversarial_pgd_{name}", "standard"] = np.where(steps > onset, 0.8, 0.63)
    return found


def _curves(run: dict) -> Iterator[pd.DataFrame]:
    steps = _steps(run)
    found = _series(run, steps)
    names = pd.DataFrame([name for name in found for _ in steps], columns=["quantity", "split"])
    values = np.concatenate(list(found.values()))
    for seed in range(SEEDS):
        shared = {"run": run["run"], "seed": seed, "step": np.tile(steps, len(found))}
        yield names.assign(value=values * (1 + 0.05 * seed), **shared)


def _theory(run: dict) -> Iterator[pd.DataFrame]:
    if run["reduction"] == "mean":
        steps = _steps(run)
        for (quantity, _), values in list(_series(run, steps).items())[:3]:
            yield pd.DataFrame({"step": steps, "value": values, "run": run["run"], "quantity": quantity})


def _times(run: dict) -> Iterator[dict]:
    for seed in range(SEEDS):
        shared = {"run": run["run"], "seed": seed, "horizon": run["horizon"]}
        for eps in run["eps"]:
            step = 1e6 * (1 + seed) * np.exp(2 * abs(_delta(run))) / (1 + 38 * eps)
            for quantity in MEASURED + PREDICTED:
                missing = quantity == "T_te_standard" and seed == 1
                yield shared | {
                    "quantity": quantity,
                    "eps": eps,
                    "step": None if missing else step,
                    "censored": missing,
                }
        for quantity, step in (PHASES | {f"t_attack_{name}_flow": t for name, t in PRECISIONS.items()}).items():
            yield shared | {"quantity": quantity, "eps": np.nan, "step": step, "censored": False}


def _bounds(run: dict) -> Iterator[dict]:
    for seed in range(SEEDS):
        for quantity, value in {"gamma_B_half": 21.0, "gamma_B_half_predicted": 20.9}.items():
            yield {"run": run["run"], "seed": seed, "quantity": quantity, "value": value, "equation": "B"}


def _readings() -> Iterator[dict]:
    for block, statements in STATEMENTS.items():
        for statement, paper in statements.items():
            for reading in BLOCK_READINGS[block]:
                middle = 0.3 if paper is None else 1.2 * paper
                ours = {
                    "median": middle,
                    "low": middle / 2,
                    "high": middle * 2,
                    "quantile": 0.4,
                    "score": 0.5,
                    "most": 1.0,
                }
                yield {
                    "block": block,
                    "statement": statement,
                    "source": "text",
                    "paper_value": paper,
                    "reading": reading,
                } | ours
