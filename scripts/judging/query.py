"""One-at-a-time sweeps in the table of runs."""

import pandas as pd

AXES = ["weight_decay", "n", "m", "nu2", "teacher_scale", "noise_std"]


def sweep(runs: pd.DataFrame, figure: str, axis: str) -> pd.DataFrame:
    """Return the runs of a figure in which only `axis` differs from the base configuration, sorted along it.

    The base configuration is the figure's first run. Raises ValueError for a figure without runs.
    """
    group = runs[runs["figure"] == figure]
    if group.empty:
        raise ValueError(f"figure {figure!r}: expected one of {', '.join(sorted(runs['figure'].unique()))}")
    others = [name for name in AXES if name != axis]
    base = group.iloc[0][others]
    same = (group[others].eq(base) | (group[others].isna() & base.isna())).all(axis=1)
    return group[same].sort_values(axis)


def swept_axes(runs: pd.DataFrame, figure: str) -> list[str]:
    """Return the axes along which a figure has at least three runs."""
    return [axis for axis in AXES if sweep(runs, figure, axis)[axis].nunique() >= 3]


def times_along(runs: pd.DataFrame, times: pd.DataFrame, figure: str, axis: str, quantity: str) -> pd.DataFrame:
    """Return one row for each run of the sweep (index: the axis value) and one column for each seed.

    A time that was not reached or does not exist is NaN.
    """
    swept = sweep(runs, figure, axis)[["run", axis]]
    found = times[times["quantity"] == quantity].merge(swept, on="run")
    found = found.astype({"step": float})
    return found.pivot_table(index=axis, columns="seed", values="step", dropna=False).sort_index()
