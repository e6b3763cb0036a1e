"""What a job is given where one run takes less time than its start: all runs of an experiment."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from grokking.results.jobs import read_as

log = logging.getLogger(__name__)

Run = TypeVar("Run")


@dataclass(frozen=True)
class Experiment:
    """The name of an experiment and its runs, each a mapping with the parameters of one."""

    run: str
    runs: tuple[dict, ...]

    def each(self, kind: type[Run]) -> Iterator[Run]:
        """Yield the runs as `kind`. Raises StageError for a parameter that is unknown, missing or of another type."""
        for index, parameters in enumerate(self.runs, start=1):
            yield read_as(kind, parameters)
            log.info("%s: run %d of %d trained", self.run, index, len(self.runs))
