"""Write an RO-Crate: the workflow, its configuration and its results in one folder for an archive.

In: the project's folder and that of its results. Out: a folder with copies and ro-crate-metadata.json.
"""

import grokking.results.process as process
from records.crate import write_crate

process.run(write_crate, __doc__)
