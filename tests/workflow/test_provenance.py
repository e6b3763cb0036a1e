"""Where results come from, as their files say."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
from checkout import checkout
from experiments import STUDIES
from PIL import Image

DRAWN = {  # what ridge_figure2 reads
    "runs": "experiments/figure2.json",
    "times": "ridge/experiments/figure2/times.parquet",
    "bounds": "ridge/experiments/figure2/bounds.parquet",
}


def facts_of(png, pdf) -> tuple[str, str]:
    """Return the entry Keywords of both files."""
    text = re.search(rb"/Keywords \((.*?)\)\n", pdf.read_bytes(), flags=re.DOTALL).group(1).decode()
    return Image.open(png).info["Keywords"], text.replace("\\n", "\n")


def test_every_job_that_computes_has_a_row_of_what_it_ran_on(finished):
    """One row a log of these rules."""
    results = finished.folder / "results/quick"
    rows = pd.read_parquet(results / "tables/provenance.parquet")
    work = ("draw", "train", "check", "evaluate", "attack", "measure")
    logs = results / "logs"
    jobs = [log for folder in logs.iterdir() if folder.name.startswith(work) for log in folder.rglob("*.log")]
    assert len(rows) == len(jobs)
    rules = {log.relative_to(logs).parts[0] for log in jobs}
    beyond = {Path(script).stem for script, _ in STUDIES.values()}  # their rules have other names
    assert set(rows["stage"]) == beyond | {rule for rule in rules if not rule.startswith("train_beyond")}
    assert (rows["threads"] == 1).all()
    assert rows.drop(columns="git_commit").notna().all(axis=None)


def test_figures_name_their_tables_their_code_and_their_libraries(finished):
    results = finished.folder / "results/quick"
    in_png, in_pdf = facts_of(*(results / f"figures/ridge_figure2.{form}" for form in ("png", "pdf")))
    assert in_png == in_pdf
    facts = dict(line.split(" ", 1) for line in in_png.splitlines())
    for table, part in DRAWN.items():
        assert facts.pop(table) == f"sha256:{hashlib.sha256((results / part).read_bytes()).hexdigest()}"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", facts.pop("code"))
    assert set(facts) == {"numpy", "pandas", "matplotlib"}


def test_the_same_tables_give_the_same_figure_and_other_code_another_digest(finished, tmp_path):
    results = finished.folder / "results/quick"

    def drawn(project, name):
        png, pdf = tmp_path / f"{name}.png", tmp_path / f"{name}.pdf"
        recipe, parts = tmp_path / f"{name}.json", [results / part for part in DRAWN.values()]
        recipe.write_text(json.dumps({"parameters": {"figure": "ridge_figure2", "of": [*DRAWN]}}))
        command = [sys.executable, project.folder / "scripts/plot_figure.py", "--recipe", recipe, "--parts", *parts]
        command += ["--schema", project.folder / "workflow/schemas/tables.yaml"]
        subprocess.run([*command, "--data", "--png", png, "--pdf", pdf], check=True)
        return png, pdf

    again = drawn(finished, "again")
    for path in again:
        assert path.read_bytes() == (results / f"figures/ridge_figure2{path.suffix}").read_bytes()
    (tmp_path / "other").mkdir()
    other = checkout(tmp_path / "other")
    other.edit("scripts/figures/style.py", "nothing smaller than 7 pt", "nothing below 7 pt")
    old, new = (facts_of(*pair)[0].splitlines() for pair in (again, drawn(other, "other")))
    assert [line.split()[0] for line in sorted(set(old) ^ set(new))] == ["code", "code"]
