"""What the whole run costs: CPU time by rule, wall time on some cores, memory and disk, from what jobs recorded."""

import heapq
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

CORES = (2, 8)
BENCHMARKED = {"s": "cpu_s", "max_rss": "max_rss_mb"}
"""Columns of Snakemake's benchmarks, which small jobs on one thread have in place of a row of `provenance`."""


def read_costs(provenance: pd.DataFrame, benchmarks: Path) -> pd.DataFrame:
    """Return rule, cpu_s and max_rss_mb of every job.

    `provenance` is the table of that name, a rule there the script that ran; jobs without a row there, which collect,
    judge and draw, are read from the folder of Snakemake's benchmarks (RULE/JOB.tsv, or RULE.tsv where a rule has one).
    """
    recorded = provenance.rename(columns={"stage": "rule"})[["rule", "cpu_s", "max_rss_mb"]]
    rules, runs = set(recorded["rule"]), set(provenance["run"])
    others = [
        pd.read_csv(file, sep="\t")[list(BENCHMARKED)].rename(columns=BENCHMARKED).assign(rule=rule)
        for file, rule in _benchmarks(benchmarks)
        if rule not in rules and file.stem not in runs
    ]
    return pd.concat([recorded, *others], ignore_index=True)


def _benchmarks(folder: Path) -> Iterable[tuple[Path, str]]:
    for file in sorted(folder.rglob("*.tsv")):
        first = file.relative_to(folder).parts[0]
        yield file, first.removesuffix(".tsv")


def costs_sentence(costs: pd.DataFrame, disk_bytes: int) -> str:
    """Return what a run takes in a sentence."""
    walls = " and ".join(f"{_minutes(makespan(costs['cpu_s'], cores))} on {cores}" for cores in CORES)
    return (
        f"Everything takes {_minutes(costs['cpu_s'].sum())} of CPU time: at least {walls} cores like these, "
        f"{costs['max_rss_mb'].max() / 1000:.1f} GB of memory a core at most and {disk_bytes / 1e9:.1f} GB of disk."
    )


def costs_table(costs: pd.DataFrame) -> str:
    """Return a Markdown table of the rules, the most expensive first."""
    rules = costs.groupby("rule").agg(
        jobs=("cpu_s", "size"), total=("cpu_s", "sum"), longest=("cpu_s", "max"), memory=("max_rss_mb", "max")
    )
    lines = ["| rule | jobs | CPU seconds | longest job, s | memory at most, MB |", "| --- | --- | --- | --- | --- |"]
    for rule, row in rules.sort_values("total", ascending=False).iterrows():
        lines.append(f"| {rule} | {row.jobs:.0f} | {row.total:.0f} | {row.longest:.1f} | {row.memory:.0f} |")
    return "\n".join(lines)


def makespan(seconds: Iterable[float], cores: int) -> float:
    """Return the time after which the last job ends where each core takes the longest job left as it gets free."""
    ends = [0.0] * cores
    for job in np.sort(list(seconds))[::-1]:
        heapq.heapreplace(ends, ends[0] + job)
    return float(max(ends))


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes"
