"""Draw a data set in two dimensions: training points, standard and concentrated test points of every seed.

In: the data set's parameters (JSON) and the root seed. Out: one row a point (Parquet).
"""

from grokking.planar.data import draw_sets

draw_sets.main(__doc__)
