"""Plot one figure from the tables.

In: the figure's name (a module of scripts/figures), parts of tables, the table that each is of, the declared tables
(YAML), data sets that it shows. Out: the figure as PDF and PNG; digests of tables and code and the libraries' versions
are in the metadata entry "Keywords".
"""

from figures.plot import plot_figure

plot_figure.main(__doc__)
