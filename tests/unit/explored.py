"""What a panel of the page to explore computes and says, by the libraries that it carries, without a browser."""

import re
from collections.abc import Iterable

import altair as alt
import pandas as pd
import vl_convert


def texts(chart: alt.TopLevelMixin, **values: object) -> list[str]:
    """Return all texts of a chart whose parameters have these values."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg(chart, **values))


def svg(chart: alt.TopLevelMixin, **values: object) -> str:
    """Return a chart whose parameters have these values as SVG."""
    spec = chart.to_dict()
    names = {parameter["name"] for parameter in spec["params"]}
    assert values.keys() <= names, names
    for parameter in spec["params"]:
        parameter |= {"value": values[parameter["name"]]} if parameter["name"] in values else {}
    return vl_convert.vegalite_to_svg(spec, vl_version=alt.SCHEMA_VERSION.rsplit(".", 1)[0])


def said(chart: alt.TopLevelMixin, labels: Iterable[str], **values: object) -> dict[str, str]:
    """Return what stands beside these labels, which follow each other, as do their texts."""
    found, labels = texts(chart, **values), list(labels)
    start = found.index(labels[0])
    assert found[start : start + len(labels)] == labels
    return dict(zip(labels, found[start + len(labels) :], strict=False))


def computed(
    data: alt.Data,
    transforms: list[alt.Transform],
    controls: list[alt.Parameter],
    columns: list[str],
    **values: object,
) -> pd.DataFrame:
    """Return columns of the rows that transforms make of data."""
    chart = alt.Chart(data).mark_text(limit=0).encode(text="row:N").add_params(*controls)
    row = " + ' ' + ".join(f"datum.{column}" for column in columns)
    chart.transform = [*transforms, alt.CalculateTransform(calculate=row, **{"as": "row"})]
    rows = [text.split(" ") for text in texts(chart, **values)]
    return pd.DataFrame(rows, columns=columns).astype(float)
