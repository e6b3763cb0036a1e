"""Draw a ridge data set: map, teacher, points, initialisation and noise of every seed, reduced to what runs need.

In: the data set's parameters (recipe) and the root seed. Out: arrays with the seed as first axis (.npz).
"""

import grokking.results.process as process
from grokking.ridge.problem import draw

process.run(draw, __doc__)
