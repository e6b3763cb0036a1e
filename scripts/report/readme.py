"""The parts of the README and of docs/methods.md that are generated."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import StageError, stage
from judging.claims import headlines

from report.costs import costs_sentence, costs_table, disk_gb, read_costs
from report.pages import markdown, with_block
from report.rule_graph import picture
from report.statements import Statement, claims_tables, statements, summary
from report.stories import contradictions, story


@stage
def update_readme(
    claims: Path,
    checks: Path,
    declared: list[Path],
    told: list[Path],
    templates: list[Path],
    rules: Path,
    results: Path,
    quick: Path,
    readme: Path,
    methods: Path,
    running: Path,
) -> None:
    """Replace the generated blocks of a README, the picture of the rules in the page on methods, costs on running.

    `results` is the folder of the results of everything, `quick` that of the small problems.

    Raises StageError where a story, or the template of a page, presumes another verdict than was found.
    """
    judged = [read_parquet(path).to_pandas() for path in (claims, checks)]
    stories = {path.stem: path.read_text(encoding="utf-8") for path in told}
    texts = {path: path.read_text(encoding="utf-8") for path in (*told, *templates)}
    lines = [f"{path}: {line}" for path, text in texts.items() for line in contradictions(text, pd.concat(judged))]
    if lines:
        raise StageError("\n".join(lines))
    costs = read_costs(results)
    runs = [("Everything", costs, results), ("`make quick`", read_costs(quick), quick)]
    sentences = (costs_sentence(name, of, disk_gb(folder)) for name, of, folder in runs)
    _replace(readme, blocks(*judged, headlines(declared), stories) | {"costs": " ".join(sentences)})
    _replace(methods, {"rules": picture(rules.read_text(encoding="utf-8"))})
    _replace(running, {"costs": costs_table(costs)})


def blocks(claims: pd.DataFrame, checks: pd.DataFrame, chosen: list[str], stories: Mapping[str, str]) -> dict[str, str]:
    """Return the blocks of the README by name: the stories, counts of verdicts, and the claims chosen by their names.

    A claim that is judged under two readings is shown under both. Raises KeyError where one was not judged.
    """
    judged = pd.concat([claims, checks])
    told = {f"story of {name}": markdown(story(text, judged)) for name, text in stories.items()}
    shown = claims_tables(_having(statements(claims), chosen), "docs/figures")
    return told | {"verdicts": summary(claims), "headlines": shown}


def _having(stated: list[Statement], chosen: list[str]) -> list[Statement]:
    """Return the statements that hold claims of these names, in the order of the names."""
    holding = {claim["id"]: one for one in stated for claim in one.claims.values()}
    return list({holding[name].name: holding[name] for name in chosen}.values())


def _replace(file: Path, content: Mapping[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for name, block in content.items():
        text = with_block(text, name, block)
    with complete_or_absent(file) as temporary:
        temporary.write_text(text, encoding="utf-8")
