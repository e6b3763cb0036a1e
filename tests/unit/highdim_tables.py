"""Tables of a few seeds at d = 1024 under both readings, made by formulas, for the figures to be drawn from."""

import numpy as np
import pandas as pd
import yaml
from checkout import ROOT
from experiments import runs_of
from judging.query import Results

HORIZON = 10**7
STEPS = np.unique(np.rint(np.geomspace(1, HORIZON, 71)).astype(int))
SEEDS = 2
TIMES = [("T_tr", 0.0), ("T_tr", 0.001), ("T_te_standard", 0.0), ("T_te_standard", 0.001)]
TIMES += [("T_te_concentrated", 0.0), ("T_te_concentrated", 0.001)]


RUNS = [
    {key: value for key, value in run.items() if key != "eps"}
    for run in runs_of(yaml.safe_load((ROOT / "config.yaml").read_text()), "highdim")
]


def series(row, seed):
    """Return curves of one run and seed, (quantity, split): values (len(STEPS),), of about the shape of real ones."""
    n, mean = row["n_pos"] + row["n_neg"], row["reduction"] == "mean"
    norm = np.cbrt(6.8e-3 * STEPS) if mean else 10 + np.log(STEPS)
    angle = np.full(len(STEPS), 0.01) if not mean else 19 / np.sqrt(n * (norm + 1)) * (1 + 0.02 * seed)
    bias = (0.8 if row["n_pos"] != row["n_neg"] else 1e-3) * row["bias"] * np.minimum(STEPS / 1e4, 1) * (-1) ** seed
    right = np.clip(0.5 + 0.002 / angle - np.abs(bias) / norm, 0.5, 1)
    shown = {"train": 1 - angle / 5, "standard": 1 - angle / 3.14, "concentrated": right}
    masked = np.clip(np.log10(STEPS) / 10 - 0.1, 0, 1)
    found = {(name, "train"): values for name, values in (("norm", norm), ("angle", angle), ("bias", bias))}
    found["bias_distance", "train"] = np.abs(bias) / norm
    found |= {("accuracy", split): values for split, values in shown.items()}
    found["accuracy_from_angle", "concentrated"] = np.clip(0.5 + 0.002 / angle, 0.5, 1)
    if row["experiment"].startswith("highdim-plain"):
        found["adversarial_exact", "standard"] = np.zeros(len(STEPS))
        for dtype, factor in (("float32", 1.0), ("float64", 0.5), ("bfloat16", 1.5)):
            for name in ("adversarial_pgd", "masked"):
                found[f"{name}_{dtype}", "standard"] = np.minimum(factor * masked, 1)
    return found


def curves():
    """Return the table `curves`."""
    rows = [
        pd.DataFrame({"step": STEPS, "value": values}).assign(run=row["run"], seed=seed, quantity=quantity, split=split)
        for row in RUNS
        for seed in range(SEEDS)
        for (quantity, split), values in series(row, seed).items()
    ]
    return pd.concat(rows, ignore_index=True)


def theory():
    """Return the table `theory`: of runs under the mean loss that nothing but noise gives a bias, what seed 0 has."""
    rows = []
    for row in RUNS:
        if row["reduction"] == "sum" or row["s_pos"] or (row["bias"] and row["n_pos"] != row["n_neg"]):
            continue
        found = series(row, 0)
        known = {f"accuracy_{split}": found["accuracy", split] for split in ("train", "standard", "concentrated")}
        known |= {"norm": found["norm", "train"], "tan_angle": np.tan(found["angle", "train"])}
        known |= {"bias_rms": np.full(len(STEPS), 1e-3)} if row["bias"] else {}
        rows += [pd.DataFrame({"step": STEPS, "value": v}).assign(run=row["run"], quantity=k) for k, v in known.items()]
    return pd.concat(rows, ignore_index=True)


def times():
    """Return the table `times`: at the level 0 under the mean loss none is reached."""
    rows = [
        (row["run"], seed, quantity, eps, None if row["reduction"] == "mean" and eps == 0 else 10 ** (1 + k) + seed)
        for row in RUNS
        for seed in range(SEEDS)
        for k, (quantity, eps) in enumerate(TIMES)
    ]
    return pd.DataFrame(rows, columns=["run", "seed", "quantity", "eps", "step"]).astype({"step": "Int64"})


def provenance():
    """Return the table `provenance`: a job trains a run's seeds by sum loss, or a seed by mean loss."""
    jobs = [(row["run"], "train_highdim", 60.0) for row in RUNS if row["reduction"] == "sum"]
    streams = {f"{row['experiment']}-{row['dataset']}" for row in RUNS if row["reduction"] == "mean"}
    jobs += [(name, "train_highdim_mean", 30.0 + 20 * seed) for name in sorted(streams) for seed in range(SEEDS)]
    return pd.DataFrame(jobs, columns=["run", "stage", "cpu_s"])


def results():
    """Return all tables that the figures at d = 1024 read."""
    bounds = pd.DataFrame([{"run": row["run"], "seed": 0, "quantity": "correction", "value": 1e-8} for row in RUNS])
    given = {"runs": pd.DataFrame(RUNS), "curves": curves(), "times": times(), "theory": theory()}
    return Results(given | {"bounds": bounds, "provenance": provenance()})
