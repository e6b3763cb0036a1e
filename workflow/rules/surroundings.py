"""What stands around the workflow: the shell, conda and the locale of whoever runs it, none of which may matter."""

import locale
import os
import shutil
import sys

from snakemake.exceptions import WorkflowError


def prepare_jobs(conda: bool) -> None:
    """Set what jobs find: text in UTF-8 and, as `python`, the one that runs Snakemake, activated or not.

    With `conda` it is that of the rule's environment, even where another one is active: that would be replaced where it
    stands in PATH. Raises WorkflowError where there is no `python` to be found.
    """
    folder = os.path.dirname(sys.executable)
    os.environ["PYTHONUTF8"] = "1"
    if conda:
        os.environ["CONDA_SHLVL"] = "0"
    elif shutil.which("python", path=folder):
        os.environ["PATH"] = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
    else:
        raise WorkflowError(f"{sys.executable} has no `python` beside it, which jobs call: install Snakemake in a venv")


def printable(text: str) -> str:
    """Return a text with what the locale's encoding has no letter for written as its number: Snakemake fails at it."""
    encoding = locale.getpreferredencoding(False)
    return text.encode(encoding, "backslashreplace").decode(encoding)
