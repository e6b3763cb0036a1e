"""Ridge regression over Gaussian features: losses, times and bounds that the page computes from the data's modes.

The features are the inputs, Sigma = I/m, so that in the eigenbasis of Phi Phi^T = U diag(s^2) U^T, k = s^2/n, no mode
of `grokking.ridge.path` mixes with another. With q = 1 - eta (k + lambda), every loss is a sum of squares over modes,

    L_n(t) = sum_j u_j r_j(t)^2,   L(t) = sum_j v_j r_j(t)^2,   r_j(t) = A_j q_j^t + B_j,
    A_j = nu f_j - y_j k_j / (k_j + lambda),   B_j = -y_j lambda / (k_j + lambda),

f_j and y_j the parts of Phi theta_0 (at nu = 1) and of the labels, u_j = 1/(2n), v_j = 1/(m n k_j). What the data does
not see, rho^t f - f* with rho = 1 - eta lambda, has the same form at k = 0: two more modes with u = 0, v = 1.
"""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd
from grokking.ridge.problem import RidgeProblem, unstack
from judging.query import NotInResultsError, Results

from explorer.parts import (
    GREY,
    PAPER,
    STEP,
    TEST,
    TRAIN,
    Panel,
    calculated,
    data,
    decades,
    formulas,
    key,
    slider,
    table_of_numbers,
)

EXPERIMENT = "figure2"
PER_DECADE = 24
"""Steps a decade at which the page computes the losses; between two of them it interpolates times."""
LAST = 8
"""Decades of steps that are drawn."""
NAME = "ridge"
TITLE = "Ridge regression: what each parameter does to both losses"
TEXT = """The losses of gradient descent on figure 2 of the ridge paper, {n} points and {m} Gaussian features, summed
in this page over the exact modes of the data, with the times t1 (the last step at which the training loss
is at least ε) and t2 (the first at which the test loss is at most ε) and the paper's bounds on them.
Move weight decay, the scale of the initialisation, the step size, the level ε, and the seed of the data;
all but the seed are logarithms to base 10."""
LOSSES = {"train": ("training loss L_n", TRAIN), "population": ("test loss L", TEST)}
FOUND = ("t1", "t2", "t2_sharp")
"""Times that are found in the losses; the bounds need the parameters alone."""
TIMES = {  # label, colour and dashes
    "t1": ("t1", TRAIN, [1, 0]),
    "t1_upper": ("t1 at most (6)", TRAIN, [5, 4]),
    "t2": ("t2", TEST, [1, 0]),
    "t2_lower": ("t2 at least (7)", TEST, [5, 4]),
    "t2_sharp": ("t2 predicted", PAPER, [1, 3]),
}
WIDTH = 560
BOUNDS = {  # as in grokking.ridge.theory, of the parameters and of a seed's numbers
    "t1_upper": "n*log(6*b2*nu2*norm2/eps)/(2*eta*s2_min)",
    "t1_upper_fitting": "log(eps/(6*mean_norm2*nu2*norm2))/(2*log(1 - eta*(s2_min/n + weight_decay)))",
    "t1_upper_gaussian": "n*log(14*m*nu2/eps)/(2*eta*s2_min)",
    "distance": "sqrt(eps*m) + teacher_norm",
    "t2_lower": "log((m - n)*nu2/2/pow(distance, 2))/(4*eta*weight_decay)",
    "t2_lower_forgetting": "log(sqrt(2/((m - n)*nu2))*distance)/log(1 - eta*weight_decay)",
    "t2_lower_gaussian": "log((m - n)*nu2/(8*m*eps))/(2.02*eta*weight_decay)",
}


def modes(problem: RidgeProblem) -> pd.DataFrame:
    """Return the n + 2 modes of a problem of Gaussian features without noise: k, start, label, and weights u and v.

    `problem` has theta_0 at nu = 1 and n points, fewer than features.
    """
    n, m = len(problem.gram), int(problem.m)
    s2, U = np.linalg.eigh(problem.gram)
    start, label = U.T @ problem.start, U.T @ problem.labels
    start2, both, label2 = (
        total - np.sum(seen / s2) / m
        for total, seen in zip(
            problem.moments[[0, 0, -1], [0, -1, -1]], (start**2, start * label, label**2), strict=True
        )
    )
    along, across = both / np.sqrt(start2), np.sqrt(max(label2 - both**2 / start2, 0.0))
    seen = pd.DataFrame({"k": s2 / n, "start": start, "label": label, "u": 1 / (2 * n), "v": 1 / (m * s2)})
    unseen = pd.DataFrame({"k": 0.0, "start": [np.sqrt(start2), 0], "label": [along, across], "u": 0.0, "v": 1.0})
    return pd.concat([seen, unseen], ignore_index=True)


def panel(results: Results, arrays: Mapping[str, np.ndarray]) -> Panel:
    """Return the panel of the experiment's first run; `arrays` are the problems of its data set, by seed.

    Raises NotInResultsError where the experiment is missing or not of Gaussian features without noise.
    """
    run = results.first(EXPERIMENT)
    if run["features"] != "gaussian" or run["noise_std"] != 0 or run["n"] >= run["m"]:
        raise NotInResultsError(f"{EXPERIMENT} has not more Gaussian features than points, without noise", [])
    n, m, scales = int(run["n"]), int(run["m"]), (1.0, 1.0, run["teacher_scale"], 0.0)
    problems = [unstack(arrays, seed).rescaled(n, *scales) for seed in range(int(run["n_seeds"]))]
    chart = alt.HConcatChart(
        name=NAME,
        data=data(pd.concat(modes(problem).assign(seed=seed) for seed, problem in enumerate(problems)), digits=14),
        transform=losses() + times(),
        hconcat=[
            alt.layer(*_curves(), name="losses", width=WIDTH, height=340).resolve_scale(
                color="independent", strokeDash="independent"
            ),
            _numbers(),
        ],
    )
    return Panel(NAME, TITLE, TEXT.format(n=n, m=m), chart.add_params(*controls(run, problems)))


def controls(run: pd.Series, problems: list[RidgeProblem]) -> list[alt.Parameter]:
    """Return sliders that start at a run's values, what the formulas call the parameters, and a seed's numbers."""
    largest = max(np.linalg.eigvalsh(problem.gram)[-1] for problem in problems) / run["n"]
    log_eta = np.floor(10 * -np.log10(largest + 0.1)) / 10  # no mode overshoots: eta (k + lambda) < 1
    start = {name: float(np.log10(run[name])) for name in ("weight_decay", "nu2", "eta", "eps")}
    seeds = {
        "b2": [np.max(np.diag(problem.gram)) for problem in problems],
        "mean_norm2": [np.trace(problem.gram) / run["n"] for problem in problems],
        "norm2": [float(problem.start_norm2) for problem in problems],
        "s2_min": [np.linalg.eigvalsh(problem.gram)[0] for problem in problems],
    }
    return [
        slider("log_weight_decay", "log₁₀ λ (weight decay, per step)", -6, -1, 0.01, start["weight_decay"]),
        slider("log_nu2", "log₁₀ ν² (variance of the initialisation)", -2, 2, 0.01, start["nu2"]),
        slider("log_eta", "log₁₀ η (step size)", -1, float(log_eta), 0.01, start["eta"]),
        slider("log_eps", "log₁₀ ε (level of both losses)", -4, 0, 0.01, start["eps"]),
        slider("seed", "seed of the data", 0, len(problems) - 1, 1, 0),
        *formulas({name: f"pow(10, log_{name})" for name in start}),
        *formulas({"n": f"{run['n']:.0f}", "m": f"{run['m']:.0f}", "teacher_norm": repr(float(run["teacher_scale"]))}),
        *formulas({name: f"{[float(f'{x:.14g}') for x in values]}[seed]" for name, values in seeds.items()}),
        *formulas(BOUNDS),
    ]


def losses() -> list[alt.Transform]:
    """Return transforms from modes to one row a step t: train, population, and the limits of both."""
    of_mode = {
        "k_l": "datum.k + weight_decay",
        "B": "-datum.label*weight_decay/datum.k_l",
        "A": "sqrt(nu2)*datum.start - datum.label - datum.B",
        "log_q": "log(1 - eta*datum.k_l)",
        "i": f"sequence({PER_DECADE * LAST + 2})",
    }
    of_step = {
        "t": f"datum.i ? pow(10, (datum.i - 1)/{PER_DECADE}) : 0",
        "r2": "pow(datum.A*exp(datum.t*datum.log_q) + datum.B, 2)",
        "train": "datum.u*datum.r2",
        "population": "datum.v*datum.r2",
        "limit_train": "datum.u*datum.B*datum.B",
        "limit_population": "datum.v*datum.B*datum.B",
        "null_loss": "datum.v*datum.label*datum.label",
    }
    summed = ["train", "population", "limit_train", "limit_population", "null_loss"]
    return [
        alt.FilterTransform("datum.seed == seed"),
        *calculated(of_mode),
        alt.FlattenTransform(flatten=["i"]),
        *calculated(of_step),
        alt.AggregateTransform(
            aggregate=[alt.AggregatedFieldDef(field=name, op="sum", **{"as": name}) for name in summed], groupby=["t"]
        ),
    ]


def times() -> list[alt.Transform]:
    """Return transforms that add t1, t2 and t2_sharp to every row; a time that is not there is null.

    Between two steps of the grid the logarithm of a loss above its limit is taken as linear in t, which it is late.
    """
    leads = [alt.WindowFieldDef(field=name, op="lead", **{"as": f"next_{name}"}) for name in ("t", *LOSSES)]
    crossed = {}
    for loss in LOSSES:
        now, later, limit = f"datum.{loss}", f"datum.next_{loss}", f"datum.limit_{loss}"
        crossed[f"end_{loss}"] = f"{later} > {limit}*(1 + 1e-6) ? {limit} : 0"
        from_end = [f"({value} - datum.end_{loss})" for value in (now, "eps", later)]
        part = "log({0}/{1})/log({0}/{2})".format(*from_end)
        crossed[f"at_{loss}"] = f"datum.t + (datum.next_t - datum.t)*{part}"
    found = {
        "last": "!isValid(datum.next_t)",
        "found_1": "!datum.last && datum.train >= eps && datum.next_train < eps ? floor(datum.at_train) : null",
        "later": "!datum.last && datum.population > eps && datum.next_population <= eps",
        "found_2": "datum.later ? ceil(datum.at_population) : datum.t == 0 && datum.population <= eps ? 0 : null",
    }
    best = [
        alt.JoinAggregateFieldDef(field="found_1", op="max", **{"as": "t1"}),
        alt.JoinAggregateFieldDef(field="found_2", op="min", **{"as": "t2"}),
    ]
    sharp = "log(max(1, (1 - n/m)*nu2/(eps - datum.limit_population)))/(-2*log(1 - eta*weight_decay))"
    return [
        alt.WindowTransform(window=leads, sort=[alt.SortField("t")]),
        *calculated(crossed | found),
        alt.JoinAggregateTransform(joinaggregate=best),
        *calculated({"t2_sharp": f"datum.limit_population < eps ? {sharp} : null"}),
    ]


def _curves() -> list[alt.Chart]:
    """Return both losses, the level, the zero function's loss, and times and bounds as vertical lines."""
    names = [name for name, _ in LOSSES.values()]
    x, y = alt.X("t:Q", title=STEP, **decades(0, LAST)), alt.Y("loss:Q", title="loss", **decades(-7, 2))
    curves = (
        alt.Chart()
        .transform_filter("datum.t > 0")
        .transform_calculate(**{names[0]: "datum.train", names[1]: "datum.population"})
        .transform_fold(names, as_=["which", "loss"])
        .mark_line(clip=True, strokeWidth=2)
        .encode(x, y, color=key("which", dict(LOSSES.values()), "losses", padding=6))
    )
    first = alt.Chart().transform_filter("datum.t == 0")
    flat = (
        first.transform_calculate(loss="[eps, datum.null_loss]", level="['level ε', 'zero function']")
        .transform_flatten(["loss", "level"])
        .encode(y)
    )
    named = [
        flat.transform_filter(f"datum.level == '{level}'")
        .mark_text(color=GREY, align=side, dy=-6, clip=True)
        .encode(text="level:N", x=alt.value(at))
        for level, side, at in (("level ε", "left", 3), ("zero function", "right", WIDTH - 3))
    ]
    labels = {label: dash for label, _, dash in TIMES.values()}
    upright = (
        first.transform_calculate(
            t="[" + ", ".join(f"datum.{name}" if name in FOUND else name for name in TIMES) + "]",
            which=f"{list(labels)}",
        )
        .transform_flatten(["t", "which"])
        .transform_filter("datum.t >= 1")
        .mark_rule(clip=True, strokeWidth=1.5)
        .encode(
            x,
            color=key(
                "which", {label: color for label, color, _ in TIMES.values()}, "times and bounds", columns=3, padding=6
            ),
            strokeDash=alt.StrokeDash(
                "which:N",
                title="times and bounds",
                scale=alt.Scale(domain=list(labels), range=list(labels.values())),
                legend=alt.Legend(orient="top", columns=3, padding=6),
            ),
        )
    )
    return [curves, flat.mark_rule(color=GREY, strokeDash=[2, 3], clip=True), *named, upright]


def _numbers() -> alt.Chart:
    """Return times, bounds and limits in figures."""
    later = f"after 1e{LAST}"
    missing = {
        "t1": f"datum.limit_train >= eps ? 'never' : datum.train < eps ? 'from the start' : '{later}'",
        "t2": f"datum.limit_population > eps ? 'never' : '{later}'",
    }
    rows = [
        ("λ, η", "format(weight_decay, '.2~e') + ', ' + format(eta, '.3~g')"),
        ("ν², ε", "format(nu2, '.3~g') + ', ' + format(eps, '.3~g')"),
        ("t1, steps", f"isValid(datum.t1) ? format(datum.t1, ',.3~r') : {missing['t1']}"),
        ("t1 at most, eq. (6)", _bound("t1_upper")),
        ("t1 at most, Theorem 4.4", _bound("t1_upper_fitting")),
        ("t1 at most, eq. (8)", _bound("t1_upper_gaussian")),
        ("t2, steps", f"isValid(datum.t2) ? format(datum.t2, ',.3~r') : {missing['t2']}"),
        ("t2 at least, eq. (7)", _bound("t2_lower")),
        ("t2 at least, Theorem 4.5", _bound("t2_lower_forgetting")),
        ("t2 at least, eq. (8)", _bound("t2_lower_gaussian")),
        ("t2 predicted (no bound)", "isValid(datum.t2_sharp) ? format(datum.t2_sharp, ',.3~r') : 'never'"),
        ("t2 / t1", "datum.t1 > 0 && isValid(datum.t2) ? format(datum.t2/datum.t1, ',.3~r') : '-'"),
        ("L in the end", "format(datum.limit_population, '.3~g')"),
        ("L of the zero function", "format(datum.null_loss, '.3~g')"),
    ]
    return table_of_numbers(rows, 270, "numbers").transform_filter("datum.t == 0")


def _bound(name: str) -> str:
    return f"{name} > 0 ? format({name}, ',.3~r') : 'says nothing'"
