"""The time of generalisation against |log delta|, as the accuracy asked for, the sweep and the reading move.

Measured times are those of the level eps that is nearest to the slider's. The reduced model and Theorem 4.6 are
computed in the page at the slider's own. T_te of the model is the n at which b(z) = kappa z, kappa = 1 + 2 eps (2 alpha
- 1) (`grokking.logistic.reduced`): with the logit z as parameter that is solved by

    tanh L = sinh(kappa z) / (cosh(kappa z) + e^-z),
    L = log((1 + f) / (f + e^-2 kappa z)) / 2,   f = e^-(1 + kappa) z,

and n(z, L) is its equation (ii).
"""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
from judging.query import NotInResultsError, Results

from explorer.parts import (
    MODEL,
    PAPER,
    READINGS,
    TEST,
    TRAIN,
    Panel,
    calculated,
    choice,
    data,
    decades,
    formulas,
    key,
    nearest,
    said_above,
    slider,
    step_size,
    sweeps,
)

DESIGNS = {"total": "S+ + S- kept", "product": "S+ S- kept"}
EXPERIMENTS = {f"{design} {reading}": f"delta-{design}-{reading}" for design in DESIGNS for reading in READINGS}
MEASURED, FLOW, REDUCED = "T_te_concentrated_last", "T_te_flow", "T_te_model"
FURTHEST = 2.2
"""The greatest |log delta| that is drawn."""
NODES = 300
"""Logits z, from 1e-4 to 100, at which the model is drawn; the theorem, at as many |log delta|."""
NAME = "delays"
TITLE = "Logistic regression: the time of generalisation against the imbalance"
TEXT = """T_te(ε) is the step from which on the accuracy on concentrated test points is at least 1 - ε times its
greatest. Move ε, and choose the reading of the loss and what is kept while the support vectors S+ and S-
become unequal. Dots and bars (all seeds) are measured at the level nearest to the slider's, the flow of two
variables is of the same runs and that level (mean loss only). The reduced model, of support vectors alone,
and Theorem 4.6, to which the paper gives no constant and which is drawn with the reduced model's, are
computed in this page at the slider's own ε."""
SOURCES = {"measured": TRAIN, "flow, nothing fitted": TEST, "reduced model, computed here": MODEL}
SOURCES |= {"Theorem 4.6, computed here": PAPER}
OF_LOGIT = {
    "z": f"1e-4*pow(1e6, datum.i/{NODES})",
    "faded": "exp(-(1 + kappa)*datum.z)",
    "L": "log((1 + datum.faded)/(datum.faded + exp(-2*kappa*datum.z)))/2",
    "sinh_L": "(exp(datum.L) - exp(-datum.L))/2",
    "cosh_L": "(exp(datum.L) + exp(-datum.L))/2",
    "v": "hypot(exp(datum.z), datum.sinh_L)",
    "rise": "(exp(2*datum.z) - 1)/(datum.v + datum.cosh_L)",
    "lag": "datum.L - (kappa*datum.z - datum.L)",  # b = kappa z, and b is L + asinh(e^-z sinh L)
    "stretched": "datum.z*datum.cosh_L + datum.rise + datum.lag*datum.sinh_L",
}
OF_IMBALANCE = {"L": f"{FURTHEST}*(datum.i + 1)/{NODES}", "cosh_L": "(exp(datum.L) + exp(-datum.L))/2"}
OF_IMBALANCE |= {"stretched": "exp(datum.L/kappa)"}
TIME = {
    "root": "design == 'total' ? total/(2*datum.cosh_L) : root",  # sqrt(S+ S-), of the sum or the product that is kept
    "t": "2*datum.stretched/(step_size*gamma*gamma*datum.root)",
}


def panel(results: Results) -> Panel:
    """Return the panel of those sweeps that are there. Raises NotInResultsError where none is, or has times."""
    found = sweeps(results, EXPERIMENTS)
    rows = pd.concat(rows_of(results, sweep, runs) for sweep, runs in found.items())
    if rows.empty:
        raise NotInResultsError("no time of generalisation was reached", [])
    within = pd.concat([rows["t"], reduced_times(results, found)])
    chart = alt.layer(*_layers(within), name=NAME, data=data(rows), width=640, height=380)
    return Panel(NAME, TITLE, TEXT, chart.add_params(*controls(found)))


def rows_of(results: Results, sweep: str, runs: pd.DataFrame) -> pd.DataFrame:
    """Return times of a sweep by imbalance L and level: the median `t` over seeds, and the range of those reached."""
    named, times = {}, results.table("times")
    for source, quantity in zip(SOURCES, (MEASURED, FLOW), strict=False):
        own = times[(times["quantity"] == quantity) & times["run"].isin(runs["run"])].astype({"step": float})
        reached = own.groupby(["run", "eps"])["step"]
        median = own.fillna({"step": np.inf}).groupby(["run", "eps"])["step"].median()
        both = pd.DataFrame({"t": median, "low": reached.min(), "high": reached.max()})
        named[source] = both[np.isfinite(both["t"])]
    rows = pd.concat(named, names=["source"]).reset_index()
    return rows.assign(sweep=sweep, L=rows["run"].map(runs.set_index("run")["log_delta"])).drop(columns="run")


def reduced_times(results: Results, found: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Return all times of the reduced model in the table."""
    times = results.table("times")
    runs = [run for of_sweep in found.values() for run in of_sweep["run"]]
    return times.loc[(times["quantity"] == REDUCED) & times["run"].isin(runs), "step"].dropna().astype(float)


def controls(found: Mapping[str, pd.DataFrame]) -> list[alt.Parameter]:
    """Return reading, design and level, and what the models need to know of a sweep's runs."""
    designs, readings = (list(dict.fromkeys(sweep.split()[part] for sweep in found)) for part in (0, 1))
    of_sweep = {
        "total": lambda run: float(run["s_pos"] + run["s_neg"]),
        "root": lambda run: float(np.sqrt(run["s_pos"] * run["s_neg"])),
        "gamma": lambda run: float(run["gamma"]),
        "alpha": lambda run: float(run["alpha"]),
        "step_size": step_size,
    }
    values = {name: {sweep: of(runs.iloc[0]) for sweep, runs in found.items()} for name, of in of_sweep.items()}
    return [
        choice("delays_reading", "reading of the loss:", {reading: READINGS[reading] for reading in readings}),
        choice("design", "along the sweep:", {design: DESIGNS[design] for design in designs}),
        slider("eps", "ε (error allowed, relative)", 0, 0.1, 0.001, 0.01),
        *formulas({"sweep": "design + ' ' + delays_reading"}),
        *formulas({name: f"({of})[sweep]" for name, of in values.items()}),
        *formulas({"kappa": "1 + 2*eps*(2*alpha - 1)"}),
    ]


def _layers(times: pd.Series) -> list[alt.Chart]:
    """Return measured times with their range, the flow's, and curves of the model and the theorem.

    All `times` that the sliders can show are within the axis.
    """
    x = alt.X("L:Q", title="|log δ| = ½ |ln(S+/S-)|", scale=alt.Scale(domain=[0, FURTHEST], nice=False)).axis(
        tickCount=8
    )
    y = alt.Y("t:Q", title="T_te(ε), step of gradient descent", **decades(*_powers_around(times)))
    shown = nearest("datum.sweep == sweep", "eps", "eps")
    colour = key("source", SOURCES, "", symbolType="circle")
    measured, flow = (shown.transform_filter(f"datum.source == '{source}'") for source in list(SOURCES)[:2])
    bars = measured.mark_rule(color=TRAIN, clip=True).encode(x, alt.Y("low:Q"), alt.Y2("high"))
    dots = measured.mark_point(filled=True, size=50, opacity=1, clip=True).encode(x, y, colour)
    line = flow.mark_line(clip=True, strokeWidth=1.5).encode(x, y, colour)
    said = said_above(shown, "'measured at ε = ' + datum.eps + ', computed at ε = ' + eps")
    computed = zip(list(SOURCES)[2:], (OF_LOGIT, OF_IMBALANCE), strict=True)
    curves = [_computed(source, columns).encode(x, y, colour, order="L:Q") for source, columns in computed]
    return [bars, *curves, line, dots, said]


def _computed(source: str, columns: Mapping[str, str]) -> alt.Chart:
    """Return the curve of a model by its columns of the node i."""
    curve = alt.Chart(alt.sequence(0, NODES, as_="i")).mark_line(clip=True, strokeWidth=1.5)
    curve.transform = [*calculated({**columns, **TIME, "source": f"'{source}'"}), alt.FilterTransform("datum.t > 0")]
    return curve


def _powers_around(times: pd.Series) -> tuple[int, int]:
    exponents = np.log10(times[times > 0])
    return int(np.floor(exponents.min())), int(np.ceil(exponents.max()))
