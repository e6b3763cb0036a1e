"""Write the captions of a paper's figures.

In: their templates (.rst, named as figures), the tables `claims` and `checks` (Parquet). Out: the captions (.rst), in
the order of the templates.
"""

from report.pages import write_captions

write_captions.main(__doc__)
