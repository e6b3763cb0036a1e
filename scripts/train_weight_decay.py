"""Train logistic regression in two dimensions with weight decay, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

from grokking.beyond.decay import train

train.main(__doc__)
