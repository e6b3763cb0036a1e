"""Train kernel logistic regression, with and without a bias, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

from grokking.beyond.kernel import train

train.main(__doc__)
