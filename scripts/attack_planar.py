"""Attack the snapshots of logistic runs in two dimensions, exactly and by PGD in three precisions.

In: name and runs of an experiment (recipe), the data of its designs, its trajectories. Out: curves of adversarial
accuracy and of the share of points at which PGD sees no gradient, and the step from which that shows (Parquet).
"""

from grokking.planar.attack import attack

attack.main(__doc__)
