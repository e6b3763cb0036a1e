"""Reading declared claims: what an entry stands for, and that its sentence and its limits are one."""

from math import inf
from pathlib import Path

import pytest
from claims import OWN, PAPERS
from judging.claims import ClaimError, criterion, headlines, limits, read_claims

FILES = sorted(Path("workflow/claims").glob("*.yaml"))
CLAIM = {
    "id": "c",
    "paper": "ridge",
    "place": "figure 2",
    "statement": "It grows.",
    "number": "the slope",
    "limits": {"is": 0},
    "measure": {"name": "slope", "experiment": "e"},
    "evidence": "ridge_figure2",
}
ENTRY = """
defaults: {paper: ridge, place: figure 2, evidence: f}
headlines: [c-b-0.5]
claims:
  - id: c-{name}-{eps}
    over:
      names: [{name: a, says: falls}, {name: b, says: rises}]
      levels: [{eps: 0}, {eps: 0.5}]
    statement: It {says}.
    number: the slope at {eps}
    limits: {within: "{eps}", of: 1}
    measure: {name: slope, eps: "{eps}", less: ["{name}", x]}
"""


def read(folder, text):
    (folder / "claims.yaml").write_text(text)
    return read_claims([folder / "claims.yaml"])


def test_an_entry_stands_for_each_combination_and_keeps_the_types_of_its_values(tmp_path):
    claims = read(tmp_path, ENTRY)
    assert [claim["id"] for claim in claims] == ["c-a-0", "c-a-0.5", "c-b-0", "c-b-0.5"]
    last = claims[-1]
    assert (last["statement"], last["paper"]) == ("It rises.", "ridge")
    assert last["measure"] == {"name": "slope", "eps": 0.5, "less": ["b", "x"]}
    assert limits(last) == ((0.5, 1.5), None)
    assert headlines([tmp_path / "claims.yaml"]) == ["c-b-0.5"]


@pytest.mark.parametrize(
    ("given", "accept", "partly", "words"),
    [
        ({"is": 0}, (0, 0), None, "is 0"),
        (
            {"within": 0.02, "of": -1, "partly": 0.2},
            (-1.02, -0.98),
            (-1.2, -0.8),
            "is within 0.02 of -1 (partly within 0.2)",
        ),
        ({"within": 0.1, "of": 1, "partly": [0.67, 1.5]}, (0.9, 1.1), (0.67, 1.5), "(partly between 0.67 and 1.5)"),
        (
            {"factor": 3, "of": 2000000, "partly": 10},
            (667000, 6e6),
            (2e5, 2e7),
            "is within a factor of 3 of 2e6 (partly",
        ),
        ({"at_least": 100, "partly": 10}, (100, inf), (10, inf), "is at least 100 (partly at least 10)"),
        ({"at_least": 1, "up_to": 1, "partly": 0.5}, (1, 1), (0.5, 1), "is 1 (partly at least 0.5)"),
        ({"at_most": 1.0e-12, "from": 0}, (0, 1e-12), None, "is at most 1e-12"),
        ({"at_most": -0.8}, (-inf, -0.8), None, "is at most -0.8"),
        ({"at_most": 0, "from": 0, "partly": 0.1}, (0, 0), (0, 0.1), "is 0 (partly at most 0.1)"),
        (
            {"between": [0.82, 0.88], "partly": [0.75, 0.95]},
            (0.82, 0.88),
            (0.75, 0.95),
            "between 0.82 and 0.88 (partly",
        ),
    ],
)
def test_the_sentence_and_the_limits_are_made_from_the_same_numbers(given, accept, partly, words):
    claim = CLAIM | {"limits": given}
    assert limits(claim) == (accept, partly)
    assert words in criterion(claim)


def test_a_note_ends_the_sentence():
    assert criterion(CLAIM | {"note": "a look"}) == "the slope is 0; a look"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "over:",
            "ovr:",
            "claim c-{name}-{eps}: {name} is not given by `over`; expected one of nothing: there is no `over`",
        ),
        ("{says}", "{say}", "claim c-{name}-{eps}: {say} is not given by `over`; expected one of name, says, eps"),
        ("levels: [{eps: 0}, {eps: 0.5}]", "levels: 5", "claim c-{name}-{eps}: over: expected a mapping from names to"),
        ("number:", "numbr:", "claim c-{name}-{eps}: numbr: unknown key; did you mean 'number'?"),
        ("    statement: It {says}.\n", "", "claim c-{name}-{eps}: statement: missing"),
        (
            "number:",
            "reduction: max\n    number:",
            "claim c-{name}-{eps}: reduction: 'max' is not allowed; expected one of mean, sum",
        ),
        (
            "number:",
            "source: figure\n    number:",
            "claim c-{name}-{eps}: source: 'figure' is not allowed; expected one of text, plot, ours",
        ),
        (
            "id: c-{name}-{eps}",
            "id: c-{name}-{eps}-sum",
            "claim c-{name}-{eps}-sum: reduction: None is not allowed; expected sum, as the id ends",
        ),
        (
            "{within: ",
            "{wihin: ",
            "claim c-{name}-{eps}: limits: wihin, of is not allowed; expected one of is, within, ",
        ),
        (
            "of: 1}",
            "of: one}",
            "claim c-{name}-{eps}: limits: {'within': 0, 'of': 'one'} is not allowed; expected a mapp",
        ),
        (
            "[{eps: 0}, {eps: 0.5}]",
            "[{eps: 0}, {eps: 0}]",
            "claim c-a-0: id: used 2 times; expected once\nclaim c-b-0: id",
        ),
    ],
)
def test_what_is_no_claim_is_one_line(tmp_path, old, new, line):
    assert old in ENTRY
    with pytest.raises(ClaimError) as failed:
        read(tmp_path, ENTRY.replace(old, new))
    assert str(failed.value).startswith(line)


def test_all_lines_come_at_once(tmp_path):
    entries = "claims:\n  - {id: a, numbr: x}\n  - {id: b, numbr: x}\n"
    with pytest.raises(ClaimError) as failed:
        read(tmp_path, entries)
    assert [line.split(":")[0] for line in str(failed.value).splitlines()] == ["claim a", "claim b"]


def test_what_this_reproduction_says_stands_in_files_of_its_own():
    for file in FILES:
        for claim in read_claims([file]):
            ours = "this reproduction" in claim["place"]
            assert ours <= (file.stem in OWN) <= (ours or claim.get("source") == "ours"), claim["id"]
    assert {file.stem for file in FILES} == {*PAPERS, *OWN}
