"""The two-dimensional data of the logistic-regression experiments: population, support vectors, test sets.

A point is written in the frame of the true separator as p = w_true.x, its signed distance from it, and u,
the coordinate along it. The population P of arXiv 2602.08302, section 5.1, is uniform on the square
[-5, 5]^2, kept where |p| >= gamma/2, with label sign(p).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from grokking.logistic.geometry import HALF_DIAGONAL
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import seeds_of, stage
from grokking.seeds import Role, generator

PLANTINGS = ("none", "full", "equispaced", "weighted")


@dataclass(frozen=True)
class Dataset:
    """Points x (n, 2), labels y (n,) in {-1, +1}, planted (n,), true at planted support vectors, and weights (n,)."""

    x: np.ndarray
    y: np.ndarray
    planted: np.ndarray
    weight: np.ndarray


def training_set(
    root: int,
    seed: int,
    *,
    gamma: float,
    n_pos: int,
    n_neg: int,
    planting: str = "none",
    s_pos: float = 0,
    s_neg: float = 0,
    u_limit: float = 1.0,
    gap: float = 0.0,
    margin_points: int = 0,
    mirrored: bool = False,
) -> Dataset:
    """Draw D(n_pos, n_neg), of which s_pos and s_neg points a class are planted on the margin p = y gamma/2.

    `planting` places them along the margin: "full" uniformly over the square, "equispaced" at
    u_i = u_limit (2 i + 1 - s)/s within each class, "weighted" so, too, but margin_points of them, which weigh s_pos
    or s_neg in all, "none" nowhere. The rest of each class is population, kept where |p| >= gap. For
    one seed the population of a class is the beginning of one sequence, whatever the counts are. Positive
    points come first, in each class the planted ones before the others. If `mirrored`, the negative class is the
    positive one with its sign changed. Raises ValueError on impossible arguments.
    """
    _require_gamma(gamma, gap)
    numbers = (s_pos, s_neg) if planting != "weighted" else (margin_points, margin_points)
    _require_counts(n_pos=n_pos, n_neg=n_neg, s_pos=numbers[0], s_neg=numbers[1])
    _require_planting(planting, gamma, (n_pos, n_neg), numbers, u_limit)
    if mirrored and (n_pos != n_neg or planting != "none"):
        raise ValueError(
            f"mirrored is True with D({n_pos}, {n_neg}), planting {planting!r}: expected equal classes and 'none'"
        )
    classes = []
    for part, (label, n, s, weight) in enumerate([(1, n_pos, numbers[0], s_pos), (-1, n_neg, numbers[1], s_neg)]):
        margin = _margin_points(generator(root, Role.PLANTED, seed, part), planting, gamma, s, u_limit)
        population = _strip(generator(root, Role.DATA, seed, part), n - s, max(gamma / 2, gap), HALF_DIAGONAL)
        drawn = _labelled(np.vstack([margin, population]), label, s)
        if planting == "weighted":
            drawn.weight[:s] = weight / s
        classes.append(drawn)
    if mirrored:
        classes[1] = Dataset(-classes[0].x, -classes[0].y, classes[0].planted, classes[0].weight)
    return _join(classes)


def standard_test_set(root: int, seed: int, *, gamma: float, n: int) -> Dataset:
    """Draw n fresh points of the population P, half of them a class."""
    return _test_set(root, seed, 0, gamma, n, HALF_DIAGONAL)


def concentrated_test_set(root: int, seed: int, *, gamma: float, alpha: float, n: int) -> Dataset:
    """Draw n points uniformly where gamma/2 < |p| <= alpha gamma, half of them a class (section 5.1)."""
    if not alpha > 0.5:
        raise ValueError(f"alpha is {alpha}: expected more than 1/2, or no point lies in gamma/2 < |p| <= alpha gamma")
    return _test_set(root, seed, 1, gamma, n, min(alpha * gamma, HALF_DIAGONAL))


def perturbed(data: Dataset, root: int, seed: int, part: int, relative: float) -> Dataset:
    """Return the data with a normal relative error on each coordinate: the probe for chaotic training."""
    noise = generator(root, Role.PERTURBATION, seed, part).standard_normal(data.x.shape)
    return Dataset(data.x * (1 + relative * noise), data.y, data.planted, data.weight)


def _test_set(root: int, seed: int, part: int, gamma: float, n: int, high: float) -> Dataset:
    _require_gamma(gamma)
    _require_counts(n=n)
    if n % 2:
        raise ValueError(f"n is {n}: expected an even number, since half of the test points belong to each class")
    rng = generator(root, Role.TEST, seed, part)
    return _join([_labelled(_strip(rng, n // 2, gamma / 2, high), label, 0) for label in (1, -1)])


def _strip(rng: np.random.Generator, n: int, low: float, high: float) -> np.ndarray:
    """Draw n points (p, u) uniformly from the part of the square where low < p <= high.

    The square's chord at p has length 2 (h - p), h the half diagonal, so (h - p)^2 is uniform.
    """
    uniform = rng.random((n, 2))
    near, far = (HALF_DIAGONAL - low) ** 2, (HALF_DIAGONAL - high) ** 2
    half_chord = np.sqrt(near + (far - near) * (1 - uniform[:, 0]))
    return np.column_stack([HALF_DIAGONAL - half_chord, half_chord * (2 * uniform[:, 1] - 1)])


def _margin_points(rng: np.random.Generator, planting: str, gamma: float, s: int, u_limit: float) -> np.ndarray:
    if planting == "full":
        u = rng.uniform(-1.0, 1.0, s) * (HALF_DIAGONAL - gamma / 2)
    else:
        u = u_limit * (2.0 * np.arange(s) + 1 - s) / max(s, 1)
    return np.column_stack([np.full(s, gamma / 2), u])


def _labelled(frame_points: np.ndarray, label: int, s: int) -> Dataset:
    """Turn points (p, u) of the positive class into data of class `label`, the mirror image for -1."""
    p, u = frame_points.T
    first = (p + u) / np.sqrt(2.0)
    # Not (p - u)/sqrt(2): as a difference, x_2 keeps the sum x_1 + x_2, hence p, to its own last bit.
    second = np.sqrt(2.0) * p - first
    n = len(p)
    x = label * np.column_stack([first, second])
    return Dataset(x, np.full(n, label, np.int8), np.arange(n) < s, np.ones(n))


def _join(parts: list[Dataset]) -> Dataset:
    return Dataset(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.planted for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def _require_gamma(gamma: float, gap: float = 0.0) -> None:
    if not 0 < gamma < 2 * HALF_DIAGONAL:
        raise ValueError(f"gamma is {gamma}: expected positive and below the square's diagonal {2 * HALF_DIAGONAL:.4g}")
    if not 0 <= gap < HALF_DIAGONAL:
        raise ValueError(f"gap is {gap}: expected from 0 to below half the square's diagonal, {HALF_DIAGONAL:.4g}")


def _require_counts(**counts: int) -> None:
    for name, count in counts.items():
        if count != int(count) or count < 0:
            raise ValueError(f"{name} is {count}: expected a whole number of points, 0 or more")


def _require_planting(planting: str, gamma: float, n: tuple[int, int], s: tuple[int, int], u_limit: float) -> None:
    if planting not in PLANTINGS:
        raise ValueError(f"planting is {planting!r}: expected one of {', '.join(PLANTINGS)}")
    for sign, total, support in zip(("pos", "neg"), n, s, strict=True):
        if support > total:
            raise ValueError(f"s_{sign} is {support}: expected at most n_{sign} = {total}")
        if planting == "none" and support:
            raise ValueError(f"s_{sign} is {support}: expected 0 with planting 'none'")
    longest = HALF_DIAGONAL - gamma / 2
    if planting == "weighted" and min(s) < 1:
        raise ValueError(f"margin_points is {min(s)}: expected 1 or more with planting 'weighted'")
    if planting in ("equispaced", "weighted") and not 0 < u_limit <= longest:
        raise ValueError(
            f"u_limit is {u_limit}: expected between 0 and {longest:.4g}, where the margin leaves the square"
        )


@dataclass(frozen=True)
class Design:
    """The parameters of a design, named as in the configuration: one data set for each pair of `support`.

    Their names are `datasets`; the parameters of the law are `training_set`'s.
    """

    name: str
    datasets: tuple[str, ...]
    support: tuple[tuple[float, ...], ...]
    n_pos: int
    n_neg: int
    planting: str
    u_limit: float
    gamma: float
    gap: float
    margin_points: int
    mirrored: bool
    alpha: float
    n_test: int
    perturbation: float
    n_seeds: int


@stage
def draw_design(design: Design, seed: int, data: Path) -> None:
    """Draw the three splits of every replicate of every data set from the root seed `seed`: one row a point."""
    parts = [
        as_table(dataset, replicate, split, drawn)
        for replicate in seeds_of(design.name, design.n_seeds, "drawn")
        for dataset, split, drawn in draw(design, seed, replicate)
    ]
    write_parquet(pa.concat_tables(parts), data)


def draw(design: Design, root: int, seed: int) -> Iterator[tuple[str, str, Dataset]]:
    """Yield data set, split (train, standard, concentrated) and points of one replicate of a design.

    With perturbation > 0 every replicate is seed 0's, with a relative error of its own on the training points. The test
    sets are those of the population, whatever is planted, and wherever there is a gap.
    """
    drawn, gamma = 0 if design.perturbation else seed, design.gamma
    law = ("gamma", "n_pos", "n_neg", "planting", "u_limit", "gap", "margin_points", "mirrored")
    given = {name: getattr(design, name) for name in law}
    tests = {
        "standard": standard_test_set(root, drawn, gamma=gamma, n=design.n_test),
        "concentrated": concentrated_test_set(root, drawn, gamma=gamma, alpha=design.alpha, n=design.n_test),
    }
    for dataset, (s_pos, s_neg) in zip(design.datasets, design.support, strict=True):
        train = training_set(root, drawn, **given, s_pos=s_pos, s_neg=s_neg)
        if design.perturbation:
            train = perturbed(train, root, drawn, seed, design.perturbation)
        for split, points in {"train": train, **tests}.items():
            yield dataset, split, points


def as_table(dataset: str, seed: int, split: str, points: Dataset) -> pa.Table:
    """Return points as rows (dataset, seed, split, x_1, x_2, y, planted, weight)."""
    count = len(points.y)
    return pa.table(
        {
            "dataset": [dataset] * count,
            "seed": pa.array(np.full(count, seed), pa.int64()),
            "split": [split] * count,
            "x_1": points.x[:, 0],
            "x_2": points.x[:, 1],
            "y": pa.array(points.y, pa.int8()),
            "planted": points.planted,
            "weight": points.weight,
        }
    )


Points = dict[tuple[str, int], dict[str, Dataset]]
"""From data set and seed to the points of its splits."""


def read_points(files: Iterable[Path]) -> Points:
    """Return all points of designs' files, labels as floats; the inverse of `as_table`."""
    table = pa.concat_tables([read_parquet(file) for file in files]).combine_chunks()
    keys = [table[name].combine_chunks().dictionary_encode() for name in ("dataset", "seed", "split")]
    changes = np.any(np.diff([key.indices.to_numpy() for key in keys], axis=1) != 0, axis=0)
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(table)]
    x = np.column_stack([table["x_1"].to_numpy(), table["x_2"].to_numpy()])
    y, planted, weight = (table[name].to_numpy() for name in ("y", "planted", "weight"))
    found: Points = {}
    for first, end in pairwise(edges):
        dataset, seed, split = (key[first].as_py() for key in keys)
        rows = slice(first, end)
        points = Dataset(x[rows], y[rows].astype(float), planted[rows], weight[rows])
        found.setdefault((dataset, seed), {})[split] = points
    return found
