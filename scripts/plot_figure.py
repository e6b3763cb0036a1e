"""Plot one figure from the tables.

In: the figure's name (a module of scripts/figures), parts of tables, the table that each is of, the declared tables
(YAML), data sets that it shows. Out: the figure as PDF and PNG; digests of tables and code and the libraries' versions
are in the metadata entry "Keywords".
"""

import grokking.results.process as process
from figures.plot import plot_figure

process.run(plot_figure, __doc__)
