"""Write the page to explore the results in a browser, which needs no network.

In: parts of tables, the table that each is of, the declared tables (YAML), the data set of the ridge experiment that is
shown, the tables `claims` and `checks` (Parquet). Out: one HTML file.
"""

import grokking.results.process as process
from explorer.page import write_explorer

process.run(write_explorer, __doc__)
