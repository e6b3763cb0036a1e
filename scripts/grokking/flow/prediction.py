"""What theory predicts of one run by mean loss in high dimension: rows of the table `theory`."""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.flow.theory import NoFixedPointError, limit_bias, predict
from grokking.results.files import write_parquet
from grokking.results.jobs import stage
from grokking.steps import log_spaced_steps

log = logging.getLogger(__name__)

TABLE = pa.schema({"run": pa.string(), "quantity": pa.string(), "step": pa.int64(), "value": pa.float64()})


@dataclass(frozen=True)
class PredictedRun:
    """What the theory of a run depends on, named as in the table `runs`."""

    run: str
    d: int
    n_pos: int
    n_neg: int
    gamma: float
    alpha: float
    bias: bool
    eta: float
    horizon: int
    n_snapshots: int


@stage
def predict_run(run: PredictedRun, theory: Path) -> None:
    """Write the predictions at the steps at which the run is evaluated, as far as the theory goes."""
    write_parquet(theory_table(run), theory)


def theory_table(run: PredictedRun) -> pa.Table:
    """Return rows (run, quantity, step, value) to the last decade that the theory reaches; it may reach none."""
    horizon, size = run.horizon, run.n_pos + run.n_neg
    law = {"eta": run.eta, "size": size, "d": run.d, "gamma": run.gamma, "alpha": run.alpha}
    steps, found = log_spaced_steps(horizon, run.n_snapshots), None
    while found is None:
        try:
            found = predict(steps, **law, horizon=horizon)
        except NoFixedPointError as error:
            log.info("%s: not to %d steps: %s", run.run, horizon, error)
            horizon //= 10
            steps = steps[steps <= horizon]
            if horizon < 100:
                return TABLE.empty_table()
    curves = {
        "norm": found.norm,
        "tan_angle": found.tangent,
        "accuracy_train": found.train,
        "accuracy_standard": found.standard,
        "accuracy_concentrated": found.concentrated,
    }
    if run.bias:
        curves["bias_rms"] = limit_bias(found.norm, size)
    columns = {
        "run": [run.run] * len(curves) * len(steps),
        "quantity": np.repeat(list(curves), len(steps)),
        "step": np.tile(steps, len(curves)),
        "value": np.concatenate(list(curves.values())),
    }
    return pa.table(columns, schema=TABLE)
