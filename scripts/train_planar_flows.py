"""Train all runs of an experiment on the mean loss in two dimensions, for all seeds, to any horizon.

In: name and runs of the experiment (recipe), the data of its designs, the root seed. Out: snapshots (w, b) and how they
were found (Parquet).
"""

from grokking.planar.flows import train_flows

train_flows.main(__doc__)
