"""Writing the generated blocks of a README."""

import pandas as pd
import pytest
from grokking.results.jobs import StageError
from judged import CHECKS, CLAIMS
from report.readme import update_readme

BLOCKS = ("story of ridge", "verdicts", "headlines", "costs")


@pytest.fixture
def files(tmp_path):
    """Arguments of update_readme: what it reads and changes, small."""
    texts = {
        "ridge.rst": "It is ${ours: c1}.${fails: c1}",
        "page.md": "$story ${holds: c2}",
        "claims.yaml": "headlines: [d-sum]\nclaims: []\n",
        "rules.mmd": "id1[a]\nid2[b]\nid1 --> id2\n",
        "README.md": "".join(f"<!-- {name} -->\nold\n<!-- end of {name} -->\n" for name in BLOCKS),
        "methods.md": "<!-- rules -->\n<!-- end of rules -->\n",
        "running.md": "<!-- costs -->\n<!-- end of costs -->\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    for name, table in (("claims", CLAIMS), ("checks", CHECKS)):
        table.to_parquet(tmp_path / f"{name}.parquet")
    for folder, seconds in (("results", 600.0), ("results/quick", 120.0)):
        (tmp_path / folder / "tables").mkdir(parents=True)
        jobs = pd.DataFrame({"stage": ["train"], "run": ["a"], "cpu_s": [seconds], "max_rss_mb": [100.0]})
        jobs.to_parquet(tmp_path / folder / "tables/provenance.parquet")
    return {
        "results": tmp_path / "results",
        "quick": tmp_path / "results/quick",
        "running": tmp_path / "running.md",
        "claims": tmp_path / "claims.parquet",
        "checks": tmp_path / "checks.parquet",
        "declared": [tmp_path / "claims.yaml"],
        "told": [tmp_path / "ridge.rst"],
        "templates": [tmp_path / "page.md"],
        "rules": tmp_path / "rules.mmd",
        "readme": tmp_path / "README.md",
        "methods": tmp_path / "methods.md",
    }


def test_every_block_is_written_anew(files):
    update_readme(**files)
    readme = files["readme"].read_text()
    assert readme.startswith(
        "<!-- story of ridge -->\nIt is -0.5.\n<!-- end of story of ridge -->\n<!-- verdicts -->\n| paper "
    )
    assert "| **reproduced**<br>2 | **not reproduced**<br>20 |" in readme
    assert "old" not in readme
    assert "Everything takes 10 min of CPU time" in readme
    assert "`make quick` takes 2 min of CPU time" in readme
    assert "a --> b" in files["methods"].read_text()
    assert "| train | 1 | 600 |" in files["running"].read_text()


@pytest.mark.parametrize(("changed", "text"), [("told", "${holds: c1}"), ("templates", "${fails: c2}")])
def test_a_text_that_a_verdict_contradicts_stops_it(files, changed, text):
    (path,) = files[changed]
    path.write_text(text)
    before = files["readme"].read_text()
    with pytest.raises(StageError, match=rf"^{path}: claim c\d: .*; the text says that it (holds|fails)$"):
        update_readme(**files)
    assert files["readme"].read_text() == before


def test_it_can_be_called_from_the_command_line(files):
    several = {key: value if isinstance(value, list) else [value] for key, value in files.items()}
    update_readme.main("doc", [text for key, value in several.items() for text in (f"--{key}", *map(str, value))])
    assert "old" not in files["readme"].read_text()
