"""A process that is there for one stage: it is done before what is put off here would be worth its time.

A script imports this first of all. To be imported by scripts alone: it changes the process that it is imported in.
"""

import gc
import sys

gc.disable()  # while modules are imported nothing becomes garbage, and looking for it takes a tenth of the time


def run(stage, description: str) -> None:
    """Run a stage on the command line's arguments, all that it needs being imported."""
    if "pandas" not in sys.modules:
        _keep_pandas_out()
    gc.freeze()  # modules stay as long as the process, and are not looked through again
    gc.enable()
    stage.main(description)
    gc.freeze()  # nor is anything else at the end, where all of it goes at once


def _keep_pandas_out() -> None:
    """Let pyarrow find no pandas: it would import it, which takes a quarter of a second, to ask what a list is.

    It asks once, so that pandas can be imported afterwards; a table can still be made a frame.
    """
    import pyarrow as pa

    places, sys.path = sys.path, []
    try:
        pa.array([0])
    finally:
        sys.path = places
