"""The public face of the package: what a notebook needs of it, from one place.

- Ridge regression, in closed form: `draw_problem`, `RidgePath`.
- Logistic regression in two dimensions: points by `training_set` and `concentrated_test_set`; gradient descent on the
  mean loss by `descend` at `flow_steps`, on the summed one by `train`; read with `accuracy` and `last_crossing`.
- Its theory, which needs no run: `kappa`, `generalisation_time`.

Nothing of the workflow imports this module, or every job would depend on all that it does. All else can be imported
from where it is, but may be renamed in any release; what is here only in one that says so.
"""

from grokking.logistic.evaluation import accuracy
from grokking.logistic.reduced import generalisation_time
from grokking.logistic.theory import kappa
from grokking.planar.data import concentrated_test_set, training_set
from grokking.planar.trainer import train
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import draw_problem
from grokking.smooth.descent import descend
from grokking.steps import flow_steps
from grokking.times import last_crossing

__all__ = [
    "RidgePath",
    "accuracy",
    "concentrated_test_set",
    "descend",
    "draw_problem",
    "flow_steps",
    "generalisation_time",
    "kappa",
    "last_crossing",
    "train",
    "training_set",
]
