"""The logger that says how far a run is."""

import logging
from types import SimpleNamespace

import pytest
import snakemake_logger_plugin_brief as brief
from snakemake_interface_logger_plugins.common import LogEvent


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(at=0.0)
    monkeypatch.setattr(brief.time, "monotonic", lambda: now.at)
    return now


@pytest.fixture
def handler(clock):
    return brief.LogHandler(None, None)


def tell(handler, event=None, message="", level=logging.INFO, **facts):
    record = logging.LogRecord("snakemake", level, "", 0, message, None, None)
    vars(record).update(facts, **({} if event is None else {"event": event}))
    handler.emit(record)


def start(handler, job, rule):
    tell(handler, LogEvent.JOB_INFO, jobid=job, rule_name=rule, log=[f"logs/{rule}.log"])


def test_the_jobs_left_are_taken_to_last_as_others_of_their_rule_did(handler, clock, capsys):
    tell(handler, LogEvent.RUN_INFO, stats={"total": 7, "long": 2, "short": 5})
    start(handler, 1, "long")
    start(handler, 2, "short")
    clock.at = 10.0
    tell(handler, LogEvent.JOB_FINISHED, job_id=2)
    start(handler, 3, "short")
    clock.at = 40.0
    tell(handler, LogEvent.JOB_FINISHED, job_id=1)
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "7 jobs to do"
    # Four short ones are left, and two long ones of which nothing is known, on two cores; one has 0 s left of its 10 s.
    assert told[1] == "1 of 7 jobs in 10 s, about 25 s left; long has run for 10 s: logs/long.log"
    assert told[2] == "2 of 7 jobs in 40 s, about 35 s left; short has run for 30 s: logs/short.log"


def test_jobs_of_an_unknown_rule_are_taken_to_last_as_the_shortest_that_are_known(handler, clock, capsys):
    tell(handler, LogEvent.RUN_INFO, stats={"total": 12, "long": 1, "short": 1, "later": 10})
    for job, rule, begin, end in ((1, "long", 0.0, 60.0), (2, "short", 70.0, 74.0)):
        clock.at = begin
        start(handler, job, rule)
        clock.at = end
        tell(handler, LogEvent.JOB_FINISHED, job_id=job)
    # Ten jobs of 4 s and not, as the mean of all would have it, of 32 s.
    assert capsys.readouterr().err.splitlines()[-1] == "2 of 12 jobs in 74 s, about 40 s left"


def test_lines_come_ever_more_seldom_and_the_last_job_has_one(handler, clock, capsys):
    tell(handler, LogEvent.RUN_INFO, stats={"total": 1000, "one": 1000})
    for job in range(1000):
        start(handler, job, "one")
        clock.at += 2.0
        tell(handler, LogEvent.JOB_FINISHED, job_id=job)
    told = capsys.readouterr().err.splitlines()
    assert len(told) < 40
    assert told[-1] == "1000 of 1000 jobs in 33 min"


def test_faults_and_where_the_whole_log_is_are_shown_and_the_rest_is_not(handler, capsys):
    tell(handler, message="Select jobs to execute...")
    tell(handler, LogEvent.SHELLCMD, "python train.py")
    assert capsys.readouterr().err == ""
    tell(handler, message="a key is wrong", level=logging.ERROR)
    tell(handler, message="Complete log(s): .snakemake/log/a.log")
    assert capsys.readouterr().err.splitlines() == ["a key is wrong", "Complete log(s): .snakemake/log/a.log"]
