"""Train logistic regression in two dimensions on data with wrong labels, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

from grokking.beyond.noise import train

train.main(__doc__)
