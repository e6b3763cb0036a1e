"""The table of benchmarks: every script saves its rows, and `python benchmarks/table.py` joins and prints them.

Columns: benchmark, case, ratio (plain gradient descent's cost over ours, the median over pairs where there are
several), seconds and plain_seconds (CPU), extrapolated (whether only a part of plain descent's steps was
executed), max_rss_mb (peak memory of the script, both sides), and the machine.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from grokking.results.provenance import record

FOLDER = Path("results/bench")
MACHINE = ("max_rss_mb", "cpu", "threads", "numpy", "blas", "git_commit")


def row(case: str, seconds: Sequence[float], plain_seconds: Sequence[float], *, extrapolated: bool) -> dict:
    """Return one case's row from paired CPU seconds: medians of both sides and of their ratio."""
    ratio = np.median(np.divide(plain_seconds, seconds))
    sides = {"seconds": float(np.median(seconds)), "plain_seconds": float(np.median(plain_seconds))}
    return {"case": case, "ratio": float(ratio), **sides, "extrapolated": extrapolated}


def save(rows: Sequence[dict]) -> None:
    """Write the running script's rows, with the machine that they were measured on, in place of its earlier ones."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    benchmark = Path(sys.argv[0]).stem
    path = FOLDER / f"{benchmark}.json"
    record(path, benchmark, {}, 0)
    machine = {key: value for key, value in json.loads(path.read_text(encoding="utf-8")).items() if key in MACHINE}
    path.write_text(json.dumps([{"benchmark": benchmark} | one | machine for one in rows]), encoding="utf-8")


def main() -> None:
    """Join the rows of all scripts into results/bench/benchmarks.parquet and print them."""
    rows = [one for path in sorted(FOLDER.glob("*.json")) for one in json.loads(path.read_text(encoding="utf-8"))]
    table = pd.DataFrame(rows)
    table.to_parquet(FOLDER / "benchmarks.parquet")
    print(
        table.drop(columns=["cpu", "numpy", "blas", "git_commit"]).to_string(index=False, float_format="{:.4g}".format)
    )
    for machine in table[["cpu", "numpy", "blas"]].drop_duplicates().itertuples(index=False):
        print(f"on {machine.cpu}, numpy {machine.numpy}, {machine.blas}")


if __name__ == "__main__":
    main()
