"""Plot one figure from the tables.

In: the figure's name (a module of scripts/figures), tables and data sets that it shows (Parquet). Out: the figure as
PDF and PNG; digests of tables and code and the libraries' versions are in the metadata entry "Keywords".
"""

from figures.plot import plot_figure

plot_figure.main(__doc__)
