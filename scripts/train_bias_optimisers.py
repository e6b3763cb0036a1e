"""Train logistic regression in two dimensions with one optimiser or another, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

from grokking.beyond.optimisers import train

train.main(__doc__)
