"""Write an RO-Crate: the workflow, its configuration and its results in one folder for an archive.

In: the project's folder and that of its results. Out: a folder with copies and ro-crate-metadata.json.
"""

from records.crate import write_crate

write_crate.main(__doc__)
