"""Every claim and check by verdict: a table of counts, the figures that show them, and a list, filtered by clicks."""

import altair as alt
import pandas as pd
from judging.query import NotInResultsError
from report.cells import BREAK, because, interval, published
from report.statements import READINGS, VERDICTS

from explorer.parts import Panel, data

NAME = "verdicts"
TITLE = "Claims and checks: which verdicts, shown by which figures"
TEXT = """Each claim of the papers, and each check of ours, was judged by a criterion written before the run, unless
it says otherwise. Click a number on the left to see its claims, with shift several, and a bar to keep those
of one figure (shift-click takes more, a click beside the bars takes all again). Point at a claim for its
criterion, our number and the paper's; a click on it opens its figure, as does one on an arrow. Figures lie
in the folder figures beside this page; within Snakemake's report, which shows the page without its folder,
nothing is linked, and figures are listed by section on the left."""
SCALE = alt.Scale(domain=VERDICTS, range=["#0072b2", "#56b4e9", "#d55e00", "#999999"])
LINE = 19
"""Height of a line in pixels."""
LINKED = "linked"
"""The parameter that says whether figures can be opened: whether the page has a folder that they lie in."""
URL = f"{LINKED} ? 'figures/' + datum.evidence + '.png' : null"


def panel(claims: pd.DataFrame, checks: pd.DataFrame) -> Panel:
    """Return the panel of the tables `claims` and `checks`. Raises NotInResultsError where both are empty."""
    rows = rows_of(claims, checks)
    if rows.empty:
        raise NotInResultsError("nothing was judged", [])
    failed = rows[rows["verdict"] == "not reproduced"]
    cells = (failed if len(failed) else rows).groupby(["group", "verdict"]).size()
    first = dict(zip(cells.index.names, cells.idxmin(), strict=True))  # the shortest list to begin with
    by_count = alt.selection_point(name="cell", fields=["group", "verdict"], value=[first], toggle="event.shiftKey")
    by_figure = alt.selection_point(name="bar", fields=["evidence"], toggle="event.shiftKey")
    chart = alt.VConcatChart(
        name=NAME,
        data=data(rows),
        autosize=alt.AutoSizeParams(type="pad", resize=True),  # the list is as long as its claims are many
        vconcat=[alt.hconcat(_counts(rows, by_count), _figures(by_count, by_figure)), _list(by_count, by_figure)],
    )
    return Panel(NAME, TITLE, TEXT, chart.add_params(alt.param(name=LINKED, value=True)))


def rows_of(claims: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """Return one row a claim under one reading: group (paper, reading), verdict, what was found, and its figure."""
    both = pd.concat([claims.assign(own=False), checks.assign(own=True)], ignore_index=True)
    return pd.DataFrame(
        {
            "group": [_group(claim) for _, claim in both.iterrows()],
            "verdict": both["verdict"],
            "statement": both["statement"],
            "place": both["place"],
            "ours": [interval(claim) + because(claim) for _, claim in both.iterrows()],
            "paper": [published(claim).replace(BREAK, ", ") for _, claim in both.iterrows()],
            "criterion": both["criterion"],
            "deviations": both["deviations"].fillna("none"),
            "scale": both["scale"].fillna("no runs"),
            "evidence": both["evidence"],
        }
    )


def _group(claim: pd.Series) -> str:
    if claim["own"]:
        return f"{claim['paper']}, our checks"
    reading = READINGS.get(claim["reduction"])
    return f"{claim['paper']}, {reading}" if reading else claim["paper"]


def _counts(rows: pd.DataFrame, selected: alt.Parameter) -> alt.LayerChart:
    """Return the numbers of claims by group and verdict, to be clicked."""
    axes = {
        "x": alt.X("verdict:N", title=None, sort=VERDICTS, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=110)),
        "y": alt.Y("group:N", title=None, sort=list(rows["group"].unique()), axis=alt.Axis(labelLimit=200)),
    }
    colour = alt.Color("verdict:N", scale=SCALE, legend=None)
    base = alt.Chart().transform_aggregate(number="count()", groupby=["group", "verdict"]).encode(**axes)
    cells = base.mark_rect(stroke="white", strokeWidth=3, cursor="pointer").encode(
        color=colour, opacity=alt.when(selected).then(alt.value(1)).otherwise(alt.value(0.35))
    )
    numbers = base.mark_text(fontSize=13, fontWeight="bold", color="black", cursor="pointer").encode(text="number:Q")
    return alt.layer(cells.add_params(selected), numbers, name="counts", width=4 * 112, height=alt.Step(34))


def _figures(by_count: alt.Parameter, by_figure: alt.Parameter) -> alt.LayerChart:
    """Return the figures that show the selected claims, with their numbers and links."""
    y = alt.Y("evidence:N", title=None, axis=alt.Axis(labelLimit=220))
    base = alt.Chart().transform_filter(by_count)
    bars = base.mark_bar(cursor="pointer").encode(
        alt.X("count():Q", axis=None),
        y,
        color=alt.Color("verdict:N", scale=SCALE, legend=None),
        opacity=alt.when(by_figure).then(alt.value(1)).otherwise(alt.value(0.35)),
    )
    links = (
        base.transform_aggregate(number="count()", groupby=["evidence"])
        .transform_calculate(url=URL, link=f"datum.number + ({LINKED} ? ' ↗ open' : '')")
        .mark_text(align="left", color="#0072b2", fontSize=12, cursor="pointer")
        .encode(y=y, href="url:N", tooltip="url:N", text="link:N", x=alt.value(250))
    )
    return alt.layer(bars.add_params(by_figure), links, name="figures", width=240, height=alt.Step(LINE))


def _list(by_count: alt.Parameter, by_figure: alt.Parameter) -> alt.LayerChart:
    """Return the selected claims, a line each."""
    tooltip = ["statement", "place", "criterion", "verdict", "ours", "paper", "scale", "deviations", "evidence"]
    base = (
        alt.Chart()
        .transform_filter(by_count)
        .transform_filter(by_figure)
        .transform_window(line="row_number()")
        .transform_calculate(url=URL)
        .encode(
            y=alt.Y("line:O", axis=None),
            href="url:N",
            tooltip=[alt.Tooltip(f"{name}:N") for name in tooltip],
        )
    )
    marks = base.mark_circle(size=70, opacity=1, cursor="pointer").encode(
        x=alt.value(6), color=alt.Color("verdict:N", scale=SCALE, legend=None)
    )
    columns = {"statement": (16, 530), "ours": (560, 220), "paper": (790, 110), "scale": (910, 60)}
    texts = [
        base.mark_text(align="left", limit=limit, fontSize=12, cursor="pointer").encode(
            x=alt.value(left), text=f"{name}:N"
        )
        for name, (left, limit) in columns.items()
    ]
    heads = [
        alt.Chart(alt.sequence(0, 1))
        .mark_text(align="left", fontWeight="bold", text=name)
        .encode(x=alt.value(left), y=alt.value(-8))
        for name, (left, _) in columns.items()
    ]
    return alt.layer(
        marks, *texts, *heads, name="list", width=970, height=alt.Step(LINE), view=alt.ViewConfig(stroke=None)
    )
