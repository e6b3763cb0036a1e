"""Attack the snapshots of logistic runs in two dimensions, exactly and by PGD in three precisions.

In: name and runs of an experiment (recipe), the data of its designs, its trajectories. Out: curves of adversarial
accuracy and of the share of points at which PGD sees no gradient, and the step from which that shows (Parquet).
"""

import grokking.results.process as process
from grokking.planar.attack import attack

process.run(attack, __doc__)
