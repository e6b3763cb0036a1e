"""The first page of Snakemake's report, with what was found filled in from the claims."""

from pathlib import Path

import pandas as pd
from grokking.results.files import complete_or_absent, read_parquet
from grokking.results.jobs import stage

from report.stories import filled, story


@stage
def write_overview(template: Path, told: list[Path], claims: Path, checks: Path, out: Path) -> None:
    """Write the overview (reStructuredText): its template with each story, by the name of its file, filled in."""
    judged = pd.concat([read_parquet(path).to_pandas() for path in (claims, checks)])
    stories = {path.stem: story(path.read_text(), judged) for path in told}
    with complete_or_absent(out) as temporary:
        temporary.write_text(filled(template.read_text(), judged, **stories))
