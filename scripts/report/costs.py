"""What the whole run costs: CPU time by rule, wall time on some cores, memory and disk, from what jobs recorded."""

import heapq
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from report.cells import number

CORES = (2, 8)
BENCHMARKED = {"s": "cpu_s", "max_rss": "max_rss_mb"}
"""Columns of Snakemake's benchmarks, which small jobs on one thread have in place of a row of `provenance`."""


def read_costs(results: Path) -> pd.DataFrame:
    """Return rule, cpu_s and max_rss_mb of every job of a run, of which `results` is the folder.

    They stand in the table `provenance`, a rule there the script that ran; jobs without a row there, which collect,
    judge and draw, are read from Snakemake's benchmarks (RULE/JOB.tsv, or RULE.tsv where a rule has one). What
    `verify` alone asks for (verify/) is no part of it.
    """
    provenance = pd.read_parquet(results / "tables/provenance.parquet")
    recorded = provenance.rename(columns={"stage": "rule"})[["rule", "cpu_s", "max_rss_mb"]]
    rules, runs = set(recorded["rule"]), set(provenance["run"])
    others = [
        pd.read_csv(file, sep="\t")[list(BENCHMARKED)].rename(columns=BENCHMARKED).assign(rule=rule)
        for file, rule in _benchmarks(results / "benchmarks")
        if rule not in rules and file.stem not in runs
    ]
    return pd.concat([recorded, *others], ignore_index=True)


def _benchmarks(folder: Path) -> Iterable[tuple[Path, str]]:
    for file in sorted(folder.rglob("*.tsv")):
        first = file.relative_to(folder).parts[0]
        if first != "verify":
            yield file, first.removesuffix(".tsv")


def disk_gb(results: Path) -> float:
    """Return the gigabytes of the files of a run's folder of results, those of a quick run within it left out."""
    files = (file for file in results.rglob("*") if file.is_file() and "quick" not in file.relative_to(results).parts)
    return sum(file.stat().st_size for file in files) / 1e9


def costs_sentence(run: str, costs: pd.DataFrame, disk: float) -> str:
    """Return what a run takes in a sentence; `disk` is in gigabytes."""
    walls = " and ".join(f"{_span(makespan(costs['cpu_s'], cores))} on {cores}" for cores in CORES)
    return (
        f"{run} takes {_span(costs['cpu_s'].sum())} of CPU time: at least {walls} cores like these, "
        f"{costs['max_rss_mb'].max() / 1000:.2g} GB of memory a core at most and {disk:.2g} GB of disk."
    )


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def costs_table(costs: pd.DataFrame) -> str:
    """Return a Markdown table of the rules, the most expensive first."""
    rules = costs.groupby("rule").agg(
        jobs=("cpu_s", "size"), total=("cpu_s", "sum"), longest=("cpu_s", "max"), memory=("max_rss_mb", "max")
    )
    lines = ["| rule | jobs | CPU seconds | longest job, s | memory at most, MB |", "| --- | --- | --- | --- | --- |"]
    for rule, row in rules.sort_values("total", ascending=False).iterrows():
        lines.append(f"| {rule} | {row.jobs:.0f} | {' | '.join(map(number, (row.total, row.longest, row.memory)))} |")
    return "\n".join(lines)


def makespan(seconds: Iterable[float], cores: int) -> float:
    """Return the time after which the last job ends where each core takes the longest job left as it gets free."""
    ends = [0.0] * cores
    for job in np.sort(list(seconds))[::-1]:
        heapq.heapreplace(ends, ends[0] + job)
    return float(max(ends))
