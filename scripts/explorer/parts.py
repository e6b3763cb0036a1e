"""What the panels are made of: data in the page, controls, lines that say numbers, and their looks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd
from judging.query import NotInResultsError, Results

# Okabe and Ito's colours, told apart by colour-blind readers.
TRAIN, TEST, MODEL, PAPER, GREY = "#0072b2", "#d55e00", "#000000", "#009e73", "#888888"
READINGS = {"mean": "mean loss", "sum": "as printed (sum)"}
"""Readings of the logistic paper's loss by `reduction`, as the controls call them."""
STEP = "step t of gradient descent"
DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


@dataclass(frozen=True)
class Panel:
    """One panel: its name in the page, a heading, what it shows and what can be moved, and the chart."""

    name: str
    title: str
    text: str
    chart: alt.TopLevelMixin


def data(rows: pd.DataFrame, digits: int = 6) -> alt.InlineData:
    """Return rows as data that stand in the page, floats with this many significant digits."""
    kinds = dict.fromkeys(rows.select_dtypes("number").columns, "number")
    values = rows.to_csv(index=False, float_format=f"%.{digits}g", lineterminator="\n")
    return alt.InlineData(values=values, format=alt.CsvDataFormat(type="csv", parse=kinds))


def slider(name: str, label: str, low: float, high: float, step: float, value: float) -> alt.Parameter:
    """Return a number that a slider sets; the browser writes its value beside it."""
    return alt.param(name=name, value=value, bind=alt.binding_range(min=low, max=high, step=step, name=f"{label} "))


def choice(name: str, label: str, options: Mapping[str, str]) -> alt.Parameter:
    """Return one of several values, by the text that stands for it, which radio buttons choose; first the first.

    Its name is that of no other choice in the page: the browser lets one button of a name be on.
    """
    bind = alt.binding_radio(options=list(options), labels=list(options.values()), name=f"{label} ")
    return alt.param(name=name, value=next(iter(options)), bind=bind)


def formulas(expressions: Mapping[str, str]) -> list[alt.Parameter]:
    """Return parameters that the page computes from others."""
    return [alt.param(name=name, expr=expression) for name, expression in expressions.items()]


def calculated(expressions: Mapping[str, str]) -> list[alt.CalculateTransform]:
    """Return transforms that add columns, one after the other."""
    return [alt.CalculateTransform(calculate=text, **{"as": name}) for name, text in expressions.items()]


def decades(low: int, high: int) -> dict:
    """Return scale and axis of a logarithmic channel from 10^low to 10^high, with ticks at powers of ten."""
    exponent = "round(log(datum.value)/LN10)"
    digits = f"substring('{DIGITS}', abs({exponent}) % 10, abs({exponent}) % 10 + 1)"
    sign, ten = f"({exponent} < 0 ? '⁻' : '')", f"(abs({exponent}) > 9 ? '¹' : '')"
    ticks = [10.0**power for power in range(low, high + 1, 1 if high - low < 10 else 2)]
    return {
        "scale": alt.Scale(type="log", domain=[10.0**low, 10.0**high], nice=False),
        "axis": alt.Axis(values=ticks, labelExpr=f"'10' + {sign} + {ten} + {digits}"),
    }


def key(field: str, colours: Mapping[str, str], title: str, **legend: object) -> alt.Color:
    """Return the colours of a field's values, with a legend above."""
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color(f"{field}:N", title=title, scale=scale, legend=alt.Legend(orient="top", **legend))


def table_of_numbers(rows: Iterable[tuple[str, str]], width: int, name: str) -> alt.Chart:
    """Return a chart without axes with a line for each row: a label, and a text that an expression gives.

    The expressions may use all columns of the first row of the data.
    """
    lines = list(rows)
    texts = "[" + ", ".join(expression for _, expression in lines) + "]"
    labels = "[" + ", ".join(f"'{label}'" for label, _ in lines) + "]"
    base = (
        alt.Chart()
        .transform_calculate(label=labels, text=texts, line=f"sequence({len(lines)})")
        .transform_flatten(["label", "text", "line"])
        .encode(y=alt.Y("line:O", axis=None))
    )
    left = base.mark_text(align="left", fontSize=12).encode(x=alt.value(0), text="label:N")
    right = base.mark_text(align="right", fontSize=12, fontWeight="bold").encode(x=alt.value(width), text="text:N")
    return alt.layer(left, right, name=name, width=width, height=19 * len(lines), view=alt.ViewConfig(stroke=None))


def nearest(chosen: str, column: str, parameter: str) -> alt.Chart:
    """Return a chart of those rows that an expression chooses whose column is nearest to a parameter."""
    return (
        alt.Chart()
        .transform_filter(chosen)
        .transform_calculate(distance=f"abs(datum.{column} - {parameter}*(1 - 1e-6))")
        .transform_joinaggregate(least="min(distance)")
        .transform_filter("datum.distance == datum.least")
    )


def said_above(rows: alt.Chart, text: str) -> alt.Chart:
    """Return a line of text above a chart: what an expression says of the first row."""
    return (
        rows.transform_window(row="row_number()")
        .transform_filter("datum.row == 1")
        .transform_calculate(text=text)
        .mark_text(align="left", fontSize=12, dy=-8)
        .encode(text="text:N", x=alt.value(0), y=alt.value(0))
    )


def sweeps(results: Results, experiments: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the runs with S+ > S- of those of some experiments that are there, with the |log delta| of their counts.

    `experiments` are by any key, which is kept. Raises NotInResultsError where none is there.
    """
    every = results.table("runs")
    runs = every[(every["s_neg"] > 0) & (every["s_pos"] > every["s_neg"])]
    runs = runs.assign(log_delta=np.log(runs["s_pos"] / runs["s_neg"]) / 2)
    found = {key: runs[runs["experiment"] == name] for key, name in experiments.items()}
    found = {key: own for key, own in found.items() if len(own)}
    if not found:
        names = " or ".join(experiments.values())
        raise NotInResultsError(
            f"no experiment {names} with S+ > S- is in the configuration", every["experiment"].unique()
        )
    return found


def step_size(run: pd.Series) -> float:
    """Return what a step of descent multiplies the gradient of the summed loss with: eta, or eta/N by the mean."""
    return float(run["eta"] / (run["n_pos"] + run["n_neg"] if run["reduction"] == "mean" else 1))
