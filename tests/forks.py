"""A process with Snakemake in memory that runs its command line in a fork, as often as it is told to.

Half of a dry run is the import of Snakemake, and of what that imports as it goes along. Every fork is a process of its
own, with a folder and an output of its own, and nothing of the project's is imported before it starts.
Lines of JSON come in on standard input, [folder, file for all that is printed, arguments]; exit codes go out.
"""

import gc
import importlib
import json
import os
import sys

from snakemake import cli

for module in ("jinja2", "jsonschema", "requests", "smart_open", "snakemake.report", "yte"):
    importlib.import_module(module)  # these it imports as it goes along


def run(folder: str, printed: str, arguments: list[str]) -> None:
    """Become `snakemake ARGUMENTS` in a folder; does not return."""
    with open(printed, "w") as file, open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(folder)
    sys.argv = ["snakemake", *arguments]
    cli.main(arguments)


gc.freeze()  # a fifth of a dry run is the collector, which goes over all that was imported, again and again
for line in sys.stdin:
    if (child := os.fork()) == 0:
        run(*json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
