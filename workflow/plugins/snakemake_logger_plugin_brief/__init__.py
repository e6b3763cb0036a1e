"""`snakemake --logger brief`: what fails, and now and then how far a run is and how long it may still take.

The jobs left are taken to last as long as others of their rule have. The longest start first: those of a rule of which
none has ended are taken to last as long as those of the shortest rule that is known.
Snakemake finds the plugin by the name of this package where its folder is on PYTHONPATH, as the Makefile has it.
"""

import sys
import time
from collections import Counter
from logging import WARNING, LogRecord
from typing import NamedTuple

from snakemake.logging import DefaultFormatter
from snakemake.settings.types import Quietness
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

FIRST, GROWTH = 5.0, 1.15
"""Seconds from the start to the first line on progress; each later one waits until they are that many times more."""
SHOWN = (LogEvent.JOB_ERROR, LogEvent.GROUP_ERROR, LogEvent.ERROR)
SAID = ("Nothing to be done", "Complete log")
"""What is said without an event or a warning, and shown."""


class Started(NamedTuple):
    """A running job: its rule, when it started, and where it says how far it is."""

    rule: str
    at: float
    log: str


class LogHandler(LogHandlerBase):
    """Writes to stderr; everything is in the log file that Snakemake names at the end."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self) -> None:
        self._formatter = DefaultFormatter(quiet={Quietness.PROGRESS}, show_failed_logs=True)
        self._jobs, self._done, self._spent = Counter(), Counter(), Counter()
        self._running: dict[int, Started] = {}
        self._began, self._due, self._most = time.monotonic(), FIRST, 1

    def emit(self, record: LogRecord) -> None:
        """Take a record of the run; write it, or what it tells of progress, or nothing."""
        event = getattr(record, "event", None)
        if event == LogEvent.RUN_INFO:
            self._jobs = Counter({rule: count for rule, count in record.stats.items() if rule != "total"})
            print(f"{self._jobs.total()} jobs to do", file=sys.stderr)
        elif event == LogEvent.JOB_INFO:
            self._running[record.jobid] = Started(record.rule_name, time.monotonic(), ", ".join(record.log))
            self._most = max(self._most, len(self._running))
        elif event == LogEvent.JOB_FINISHED:
            self._finish(record.job_id)
        elif event in SHOWN or record.levelno >= WARNING or (event is None and record.getMessage().startswith(SAID)):
            print(self._formatter.format(record), file=sys.stderr)

    def _finish(self, job: int) -> None:
        now, started = time.monotonic(), self._running.pop(job)
        self._done[started.rule] += 1
        self._spent[started.rule] += now - started.at
        elapsed = now - self._began
        if elapsed >= self._due or self._done == self._jobs:
            self._due = FIRST + GROWTH * elapsed
            print(self._progress(now), file=sys.stderr)

    def _progress(self, now: float) -> str:
        line = f"{self._done.total()} of {self._jobs.total()} jobs in {_said(now - self._began)}"
        if self._done == self._jobs:
            return line
        line += f", about {_said(self._left(now))} left"
        if self._running:
            longest = min(self._running.values(), key=lambda job: job.at)
            line += f"; {longest.rule} has run for {_said(now - longest.at)}: {longest.log}"
        return line

    def _left(self, now: float) -> float:
        """Return the seconds that the jobs left may take on as many cores as have been busy."""
        known = {rule: self._spent[rule] / done for rule, done in self._done.items()}
        shortest = min(known.values())

        def expected(rule: str) -> float:
            return known.get(rule, shortest)

        under_way = Counter(job.rule for job in self._running.values())
        waiting = sum(expected(rule) * count for rule, count in (self._jobs - self._done - under_way).items())
        running = sum(max(expected(job.rule) - (now - job.at), 0) for job in self._running.values())
        return (waiting + running) / self._most


def _said(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
