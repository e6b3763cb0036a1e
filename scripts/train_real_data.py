"""Train logistic regression on sets that scikit-learn bundles, all runs and seeds of an experiment.

In: the experiment's runs (recipe) and the root seed. Out: curves, times and single numbers (Parquet).
"""

from grokking.beyond.real import train

train.main(__doc__)
