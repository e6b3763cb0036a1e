"""Questions to the result tables: measures, fits and figures ask them here and address runs by experiment and axis.

A name that exists nowhere in a table is an error that says which do. A name that exists, asked of runs that have no
such row, is an empty answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from grokking.results.files import read_parquet

VARIED_BY_DATA = {"ridge": "m"}
"""The number in which the data sets of a sweep over `data` differ, by model: such a sweep is plotted over it."""

LONG = ("curves", "theory")
"""Tables with a row a logged step."""


class NotInResultsError(LookupError):
    """A name that the tables do not know; `what` says it without the list of those that they know."""

    def __init__(self, what: str, known: Iterable[Any]):
        self.what = what
        names = ", ".join(map(str, known))
        super().__init__(f"{what}; {f'expected one of {names}' if names else 'there is none'}")


def read_results(tables: Iterable[Path], data: Iterable[Path] = ()) -> "Results":
    """Read tables and data sets (Parquet), each named as its file."""
    return Results(*({path.stem: frame(read_parquet(path), path.stem) for path in paths} for paths in (tables, data)))


def frame(table: pa.Table, name: str) -> pd.DataFrame:
    """Return a table as a frame; names in the long ones are categories, which are compared and taken as integers."""
    return table.to_pandas(strings_to_categorical=name in LONG)


def imbalanced(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs whose numbers of support vectors differ, for which log delta is not 0."""
    return runs[runs["s_pos"] != runs["s_neg"]]


def wide(rows: pd.DataFrame, index: str, columns: str) -> pd.DataFrame:
    """Return the column `value` by two others: `DataFrame.pivot` of the rows with a value, in a fifth of its time.

    Raises ValueError where two rows have one place, as those of a curve on several splits do.
    """
    rows = rows.dropna(subset="value")
    (i, labels), (j, names) = (pd.factorize(rows[key], sort=True) for key in (index, columns))
    values = np.full((len(labels), len(names)), np.nan)
    values[i, j] = rows["value"]
    if np.isnan(values).sum() + len(rows) > values.size:
        raise ValueError(f"there are several values at one {index} and {columns}: expected one")
    return pd.DataFrame(values, pd.Index(labels, name=index), pd.Index(names, name=columns))


class Results:
    """The tables by name, and the designs whose data sets a figure shows."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], data: Mapping[str, pd.DataFrame] | None = None):
        self._tables, self._data = tables, data or {}
        self._found: dict[
            tuple[str, str], pd.DataFrame
        ] = {}  # rows by table and quantity: claims ask for the same ones
        self._runs: dict[str, pd.DataFrame] = {}  # by experiment
        self._places: dict[str, dict] = {}  # places of a quantity's rows of curves, by split and run

    def table(self, name: str) -> pd.DataFrame:
        """Return a table. Raises NotInResultsError for one that was not given."""
        if name not in self._tables:
            raise NotInResultsError(f"table {name!r} was not given", self._tables)
        return self._tables[name]

    def points(self, dataset: str) -> pd.DataFrame:
        """Return a data set: those rows of a design's file. Raises NotInResultsError for one that was not given."""
        for design in self._data.values():
            rows = design[design["dataset"] == dataset]
            if len(rows):
                return rows
        known = {name for design in self._data.values() for name in design["dataset"]}
        raise NotInResultsError(f"data set {dataset!r} was not given", sorted(known))

    def runs(self, experiment: str, **values: Any) -> pd.DataFrame:
        """Return the runs of an experiment, its first run first, of which columns have these values.

        Raises NotInResultsError where the experiment, or such a run, does not exist.
        """
        if experiment not in self._runs:
            runs = self.table("runs")
            self._runs[experiment] = runs[runs["experiment"] == experiment]
        found = self._runs[experiment]
        if found.empty:
            names = self.table("runs")["experiment"].unique()
            raise NotInResultsError(f"experiment {experiment!r} is not in the configuration", names)
        for column, value in values.items():
            known, found = found[column].unique(), found[found[column] == value]
            if found.empty:
                raise NotInResultsError(f"experiment {experiment!r} has no run with {column} = {value}", known)
        return found

    def imbalanced(self, experiment: str, **values: Any) -> pd.DataFrame:
        """Return those of the runs whose numbers of support vectors differ. Raises NotInResultsError where none has."""
        found = imbalanced(self.runs(experiment, **values))
        if found.empty:
            raise NotInResultsError(f"experiment {experiment!r} has no run with imbalanced support vectors", [])
        return found

    def first(self, experiment: str) -> pd.Series:
        """Return the experiment's first run, which belongs to each of its axes."""
        return self.runs(experiment).iloc[0]

    def axes(self, experiment: str) -> list[str]:
        """Return the axes along which an experiment is swept."""
        return list(self.runs(experiment)["axis"].dropna().unique())

    def sweep(self, experiment: str, axis: str) -> pd.DataFrame:
        """Return the runs along an axis, sorted by the number `at` which each lies on it.

        They are those that differ from the first run along this axis alone, and the first run: that one alone where
        the experiment is not swept along it.
        """
        runs = self.runs(experiment)
        runs = runs[runs["axis"].isna() | (runs["axis"] == axis)]
        return runs.assign(at=runs[self.number_of(experiment, axis)]).sort_values("at")

    def check_axis(self, experiment: str, axis: str) -> None:
        """Raise NotInResultsError where the experiment is not swept along an axis."""
        if axis not in self.axes(experiment):
            raise NotInResultsError(f"experiment {experiment!r} has no sweep of {axis}", self.axes(experiment))

    def number_of(self, experiment: str, axis: str) -> str:
        """Return the column of `runs` that a sweep along an axis is plotted over."""
        if axis != "data":
            columns = self.table("runs").columns
            if axis not in columns:
                raise NotInResultsError(f"the runs have no {axis!r}", columns)
            return axis
        model = self.first(experiment)["model"]
        if model not in VARIED_BY_DATA:
            raise NotInResultsError(f"data sets of model {model!r} do not differ in one number", VARIED_BY_DATA)
        return VARIED_BY_DATA[model]

    def times(
        self,
        runs: pd.DataFrame,
        quantity: str,
        eps: float | None = None,
        *,
        levels: Sequence[float] = (),
        unreached: float = np.nan,
    ) -> pd.Series:
        """Return a time by run and seed, `unreached` where it was not reached or does not exist.

        `eps` picks one level, `levels` several, of those that exist, and adds them to the index. Raises
        NotInResultsError for a time or a level that the table does not know.
        """
        rows = self._of_quantity("times", quantity)
        wanted = [eps] if eps is not None else list(levels)
        if wanted:
            known, rows = sorted(rows["eps"].unique()), rows[rows["eps"].isin(wanted)]
            if rows.empty:
                raise NotInResultsError(f"no run has {quantity} at eps = {', '.join(map(str, wanted))}", known)
        index = ["run", "seed", *(["eps"] if levels else [])]
        return rows[rows["run"].isin(runs["run"])].set_index(index)["step"].astype(float).fillna(unreached)

    def levels(self, runs: pd.DataFrame, quantity: str) -> np.ndarray:
        """Return the levels eps at which these runs have a time."""
        rows = self._of_quantity("times", quantity)
        return np.sort(rows.loc[rows["run"].isin(runs["run"]), "eps"].unique())

    def times_along(self, experiment: str, axis: str, quantity: str) -> pd.DataFrame:
        """Return a time along a sweep: one row for each run (index: where it lies), one column for each seed.

        A time that was not reached or does not exist is NaN.
        """
        swept = self.sweep(experiment, axis)
        found = self.times(swept, quantity).rename("step").reset_index().merge(swept[["run", "at"]], on="run")
        return found.pivot_table(index="at", columns="seed", values="step", dropna=False).sort_index()

    def numbers(self, runs: pd.DataFrame, quantity: str, equation: str | None = None) -> pd.Series:
        """Return a number of the table `bounds` by run and seed, of one equation or of whatever equation it has.

        Raises NotInResultsError for a quantity or an equation that the table does not know.
        """
        rows = self._of_quantity("bounds", quantity)
        if equation is not None:
            rows = rows[rows["equation"] == self.equation(equation)]
        return rows[rows["run"].isin(runs["run"])].set_index(["run", "seed"])["value"]

    def numbers_along(self, experiment: str, axis: str, quantity: str) -> pd.DataFrame:
        """Return a number of the table `bounds` along a sweep: a row a run (index: where it lies), a column a seed."""
        swept = self.sweep(experiment, axis)
        found = self.numbers(swept, quantity).rename("value").reset_index().merge(swept[["run", "at"]], on="run")
        return found.pivot_table(index="at", columns="seed", values="value", dropna=False).sort_index()

    def equation(self, name: str) -> str:
        """Return the name of an equation of the table `bounds`, which must be there."""
        known = self.table("bounds")["equation"]
        if not (known == name).any():
            raise NotInResultsError(f"no run checks the equation {name!r}", sorted(known.unique()))
        return name

    def checked_on(self, equation: str) -> pd.DataFrame:
        """Return the runs that have rows of an equation in the table `bounds`."""
        bounds, runs = self.table("bounds"), self.table("runs")
        return runs[runs["run"].isin(bounds.loc[bounds["equation"] == self.equation(equation), "run"])]

    def curve_rows(self, run: str, quantity: str, split: str | None = None) -> pd.DataFrame:
        """Return seed, step and value of one run's curve. Raises NotInResultsError for one that no run has."""
        rows = self._of_quantity("curves", quantity)
        if quantity not in self._places:  # looking through all rows for each curve would cost more than drawing it
            self._places[quantity] = rows.groupby(["split", "run"], sort=False, dropna=False).indices
        places = self._places[quantity]
        known = {name for name, _ in places}
        if split is not None and split not in known:
            raise NotInResultsError(f"no run has {quantity} on {split!r}", sorted(known))
        found = [places[key] for key in places if key[1] == run and split in (None, key[0])]
        return rows[["seed", "step", "value"]].take(np.concatenate([*found, np.array([], int)]))

    def curve(self, run: str, quantity: str, split: str | None = None) -> pd.DataFrame:
        """Return one run's curve: index step, one column for each seed. Raises NotInResultsError where it has none."""
        found = wide(self.curve_rows(run, quantity, split), "step", "seed")
        if found.empty:
            raise NotInResultsError(f"run {run!r} has no {quantity}{f' on {split!r}' if split else ''}", [])
        return found

    def fits(self, experiment: str, axis: str, quantity: str, **values: Any) -> pd.DataFrame:
        """Return the fits of a time along a sweep of which columns (x, eps) have these values, in the table's order.

        Raises NotInResultsError where there is no such sweep or fit.
        """
        self.check_axis(experiment, axis)
        fits = self.table("fits")
        own = fits[(fits["experiment"] == experiment) & (fits["axis"] == axis)]
        found = own[own["quantity"] == quantity]
        for column, value in values.items():
            found = found[found[column] == value]
        if found.empty:
            where = "".join(f", {column} = {value}" for column, value in values.items())
            what = f"there is no fit of {experiment}: {quantity} on {axis}{where}: it takes three values to fit"
            raise NotInResultsError(what, own["fit"].unique())
        return found

    def _of_quantity(self, table: str, quantity: str) -> pd.DataFrame:
        if (table, quantity) not in self._found:
            rows = self.table(table)
            found = rows[rows["quantity"] == quantity]
            if found.empty:
                known = sorted(rows["quantity"].unique())
                raise NotInResultsError(f"no run has {quantity!r} in the table {table}", known)
            self._found[table, quantity] = found
        return self._found[table, quantity]
