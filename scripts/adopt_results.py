"""Take over results that were copied here: whole ones count as up to date from now on, the others are done again.

In: a folder of results with its recipes and records. Out: the times of its files; records of files that are not as they
were made are removed. What is done again, and why, is printed.
"""

import grokking.results.process as process
from records.adoption import adopt

process.run(adopt, __doc__)
