"""The page: its panels one after the other, with the libraries that draw them inside the file."""

import html
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import vl_convert
from grokking.results.files import complete_or_absent, read_arrays, read_parquet
from grokking.results.jobs import stage
from grokking.results.tables import collected
from judging.query import NotInResultsError, Results

from explorer import bias, delays, ridge, verdicts
from explorer.parts import Panel

READS = ("runs", "curves", "times", "theory")
SHOWS = ("figure2", "delta-total-mean", "delta-total-sum", "delta-product-mean", "delta-product-sum")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Grokking in linear models: explore the results</title>
<style>
  body {{ font: 15px/1.45 sans-serif; color: #222; max-width: 1180px; margin: 1em auto; padding: 0 1em }}
  section {{ border-top: 1px solid #ccc; margin-top: 2em }}
  p {{ max-width: 60em }}
  .reduced, .missing {{ background: #fff3cd; border-left: 5px solid #e69f00; padding: 0.6em 1em }}
  .vega-bindings {{ margin: 0.6em 0 1.2em }}
  .vega-bind {{ padding: 0.15em 0 }}
  .vega-bind-name {{ display: inline-block; min-width: 21em }}
  .vega-bind input[type=range] {{ width: 20em; vertical-align: middle }}
  .vega-bind-radio label {{ margin-right: 0.8em }}
</style>
<script>{libraries}</script>
<script>
// Within Snakemake's report the page is an address of its own, "data:...", without a folder that a link could lead to.
function placed(spec) {{
  for (const param of spec.params ?? [])
    if (param.name == "{linked}") param.value = location.protocol != "data:";
  return spec;
}}
</script>
</head>
<body>
<h1>Explore the results</h1>
<p>Everything that is drawn stands in this file, which needs no network. Black and green curves, and all of ridge
regression, are computed here as you move the controls; the rest was measured.</p>
{banner}
{sections}
</body>
</html>
"""
BANNER = """<p class="reduced"><b>Reduced scale.</b> What was measured here comes from small runs that try the workflow
out: nothing is to be concluded from it about the papers.</p>"""

NEW_TAB = {"target": "_blank", "rel": "noopener"}
"""Where links open: what has been set in the page is kept."""


@stage
def write_explorer(
    parts: list[Path], of: list[str], schema: Path, data: list[Path], claims: Path, checks: Path, out: Path
) -> None:
    """Write the page from parts of tables, `of` says of which table of `schema` each is, and what has been judged.

    `data` is the data set of the ridge experiment that is shown, or nothing where there is no such experiment.
    """
    tables = {name: table.to_pandas() for name, table in collected(READS, parts, of, schema).items()}
    results, drawn = Results(tables), read_arrays(data[0]) if data else {}
    judged = [read_parquet(path).to_pandas() for path in (claims, checks)]
    reduced = (tables["runs"]["scale"] == "reduced").any()
    with complete_or_absent(out) as temporary:
        temporary.write_text(page(sections(results, drawn, *judged), reduced=reduced), encoding="utf-8")


def sections(
    results: Results, drawn: Mapping[str, np.ndarray], claims: pd.DataFrame, checks: pd.DataFrame
) -> list[str]:
    """Return all panels as HTML, of one that cannot be drawn what it lacks; `drawn` are the points of ridge's."""
    panels = {
        ridge: lambda: ridge.panel(results, drawn),
        bias: lambda: bias.panel(results),
        delays: lambda: delays.panel(results),
        verdicts: lambda: verdicts.panel(claims, checks),
    }
    return [_section(module.TITLE, panel) for module, panel in panels.items()]


def page(sections: list[str], *, reduced: bool) -> str:
    """Return the whole file; `reduced` says whether runs at a reduced scale are shown."""
    libraries = vl_convert.javascript_bundle(vl_version=alt.SCHEMA_VERSION.rsplit(".", 1)[0])
    return PAGE.format(
        libraries=libraries, linked=verdicts.LINKED, banner=BANNER if reduced else "", sections="\n".join(sections)
    )


def section(panel: Panel) -> str:
    """Return a panel as HTML: heading, text, and the chart, which the page's libraries draw."""
    spec = json.dumps(panel.chart.to_dict(), ensure_ascii=False).replace("</", r"<\/")  # nothing ends the script early
    options = {"actions": False, "renderer": "svg", "bind": f"#{panel.name}-controls", "loader": NEW_TAB}
    call = f'vegaEmbed("#{panel.name}", placed({spec}), {json.dumps(options)}).catch(console.error);'
    return (
        f"<section>\n<h2>{html.escape(panel.title)}</h2>\n<p>{html.escape(panel.text)}</p>\n"
        f'<div id="{panel.name}-controls"></div>\n<div id="{panel.name}"></div>\n<script>{call}</script>\n</section>'
    )


def _section(title: str, panel: Callable[[], Panel]) -> str:
    """Return a panel as HTML, or what it lacks."""
    try:
        return section(panel())
    except NotInResultsError as error:
        return (
            f"<section>\n<h2>{html.escape(title)}</h2>\n"
            f'<p class="missing">Not in these results: {html.escape(str(error))}.</p>\n</section>'
        )
