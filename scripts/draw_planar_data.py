"""Draw the data sets of a design in two dimensions: training and test points (standard, concentrated) of every seed.

In: the design's parameters (recipe) and the root seed. Out: one row a point (Parquet).
"""

import grokking.results.process as process
from grokking.planar.data import draw_design

process.run(draw_design, __doc__)
