"""Mistyped names in the claims: one line each, before any job."""

from pathlib import Path

import pytest
import yaml
from claims import (
    OWN,
    PAPERS,
    claim_errors,
    claim_files,
    figures_of,
    measures_of,
    name_errors,
    united,
)
from experiments import axes_of
from judging.claims import read_claims
from judging.registry import MEASURES
from judging.verdicts import experiment_arguments

ROOT = Path()
AXES = yaml.safe_load(Path("workflow/schemas/names.yaml").read_text())
MEASURED, FIGURES = measures_of(Path("scripts/judging")), figures_of(Path("scripts/figures"))
CLAIMS = read_claims(claim_files(PAPERS + OWN))


def errors(claim):
    return list(name_errors(claim, MEASURED, AXES, FIGURES, ["ridge", "logistic", "beyond"]))


def measured(claim, **changes):
    return claim | {"measure": claim["measure"] | changes}


def renamed(claim, key):
    return claim | {"measure": {name if name != key else f"{key}x": value for name, value in claim["measure"].items()}}


def mistyped(claim):
    """Yield the claim with one name of each kind mistyped, the key that is wrong, and what it should be."""
    yield claim | {"evidence": f"{claim['evidence']}x"}, "evidence", claim["evidence"]
    yield claim | {"paper": f"{claim['paper']}x"}, "paper", claim["paper"]
    for key, value in claim["measure"].items():
        kind = "name" if key == "name" else MEASURED[claim["measure"]["name"]][key][0]
        if key == "name" or "Experiment" in kind or "Axis" in kind:
            yield measured(claim, **{key: f"{value}x"}), f"measure.{key}", value
        if key != "name":
            yield renamed(claim, key), f"measure.{key}x", key


def test_the_claims_of_the_project_have_no_errors():
    assert claim_errors(ROOT, AXES) == []


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_a_mistyped_name_is_one_line_with_claim_key_and_nearest_name(claim):
    assert errors(claim) == []
    for wrong, key, right in mistyped(claim):
        lines = errors(wrong)
        assert len(lines) == 1, lines
        assert lines[0].startswith(f"claim {claim['id']}: {key}: ")
        assert lines[0].endswith(f"did you mean '{right}'?")


def test_every_kind_of_name_is_mistyped_somewhere():
    kinds = {key for claim in CLAIMS for _, key, _ in mistyped(claim)}
    assert kinds >= {"measure.name", "measure.experiment", "measure.other", "measure.control", "measure.axis"}


def test_an_axis_is_one_of_its_experiment():
    claim = next(claim for claim in CLAIMS if claim["id"] == "ridge-2-t1-width")
    (line,) = errors(measured(claim, axis="m"))
    assert line.startswith("claim ridge-2-t1-width: measure.axis: 'm' is not allowed; expected an axis of figure2;")
    assert line.endswith("there is weight_decay, n, data, nu2")
    assert errors(measured(claim, experiment="figure1-left", axis="n"))[0].endswith("figure1-left; there is none")


def test_what_is_left_out_is_missing():
    claim = next(claim for claim in CLAIMS if claim["id"] == "ridge-2-t1-width")
    short = {key: value for key, value in claim["measure"].items() if key != "quantity"}
    line = "claim ridge-2-t1-width: measure.quantity: missing; slope needs it"
    assert errors(claim | {"measure": short}) == [line]


def test_sources_tell_the_measures_that_are_registered():
    assert set(MEASURED) == set(MEASURES)
    for name, arguments in MEASURED.items():
        assert [key for key, (kind, _) in arguments.items() if "Experiment" in kind] == experiment_arguments(name)


def project(folder, old, new):
    """Make a project of links to this one, with one text of the claims on ridge regression replaced."""
    for name in ("scripts", "workflow/pages", "workflow/report"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(Path(name).resolve())
    (folder / "workflow/claims").mkdir()
    for file in claim_files(PAPERS + OWN):
        text = Path(file).read_text()
        (folder / file).write_text(text.replace(old, new, 1) if file.endswith("ridge.yaml") else text)
    return folder


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "headlines: [ridge-1",
            "headlines: [ridgy-1",
            "claim ridgy-1-networks-delay: headlines: 'ridgy-1-networks-delay' is",
        ),
        (
            "experiment: figure1-right,",
            "experiment: figur1-right,",
            "claim ridge-1-networks-delay: measure.experiment: 'figur1-right' is",
        ),
        (
            "    limits: {is: 0}",
            "    limits: {iss: 0}",
            "claim ridge-theorem-4.1-{part}: limits: iss is",
        ),
        (
            "  - id: ridge-1-groks-{features}\n",
            "  - id: ridge-1-groks-{features}\n    id: x\n",
            "workflow/claims/ridge.yaml, line 8: id is given",
        ),
        ("claims:\n", "claims: [\n", "workflow/claims: while parsing"),
    ],
)
def test_what_is_wrong_with_the_files_is_one_line(tmp_path, old, new, line):
    lines = [text.removeprefix(f"{tmp_path}/") for text in claim_errors(project(tmp_path, old, new), AXES)]
    assert len(lines) == 1
    assert lines[0].startswith(line)


def test_a_story_that_names_no_claim_is_one_line(tmp_path):
    folder = project(tmp_path, "", "")
    (folder / "workflow/pages").unlink()
    (folder / "workflow/pages").mkdir()
    for name in ("ridge", "logistic", "beyond"):
        (folder / f"workflow/pages/{name}.md").write_text("$story")
    (folder / "workflow/pages/ridge.md").write_text("It is ${ours: ridge-7-grok}.")
    assert claim_errors(folder, AXES) == [
        "workflow/pages/ridge.md: ${ours: ridge-7-grok} is not allowed; expected a claim; did you mean 'ridge-7-groks'?"
    ]


def test_the_names_that_claims_may_address_are_those_of_the_configuration_as_delivered():
    """Add an experiment or axis that claims address to workflow/schemas/names.yaml as well."""
    assert axes_of(yaml.safe_load(Path("config.yaml").read_text())) == AXES


def test_experiments_and_axes_are_united_without_repeats():
    assert united({"a": ["n"], "b": []}, {"a": ["n", "m"], "c": ["bias"]}) == {"a": ["n", "m"], "b": [], "c": ["bias"]}
