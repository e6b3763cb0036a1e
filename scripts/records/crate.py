"""A Workflow RO-Crate: what the results are, how they were made, by whom and under which terms, in one folder.

https://w3id.org/workflowhub/workflow-ro-crate; the workflow's file is the main entity.
"""

import io
import json
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import yaml
from grokking.results.jobs import stage
from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from records.published import described

FOLDERS = {
    "workflow": "rules, claims, schemas, profiles, templates of pages and captions",
    "scripts": "what the rules run",
    "envs": "conda environments of the rules",
}
FILES = {
    "config.yaml": "every experiment at the papers' own scale",
    "requirements.lock": "versions and digests of all packages",
    "README.md": "what was found and how to run it",
    "CITATION.cff": "how to cite it",
    "LICENSE": "terms",
}
RESULTS = {
    "claims.*": "every claim with its criterion, measurement and verdict",
    "pages/*.md": "what was found, a page a paper",
    "figures/*": "figure",
    "tables/*.parquet": "table; its columns are in tables/datapackage.json",
    "*.pdf": "article",
    "*.html": "page for a browser",
}
"""Files of the results: the first pattern that fits says what a file is; those that were not made are not there."""
FORMATS = {
    ".html": "text/html",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
}


@stage
def write_crate(project: Path, results: Path, out: Path) -> None:
    """Write the folder `out` anew, with copies of the project's files and of its results."""
    cited = yaml.safe_load((project / "CITATION.cff").read_text(encoding="utf-8"))
    crate = ROCrate()
    _cite(crate, cited)
    crate.add_workflow(
        project / "Snakefile", "Snakefile", main=True, lang="snakemake", lang_version=version("snakemake")
    )
    for name, description in FOLDERS.items():
        crate.add_dataset(project / name, name, properties={"name": name, "description": description})
    for name, description in FILES.items():
        crate.add_file(project / name, name, properties={"name": name, "description": description})
    for path, description in results_of(results).items():
        place = f"results/{path.relative_to(results)}"
        properties = {"name": path.stem, "description": description, "encodingFormat": FORMATS[path.suffix]}
        crate.add_file(path, place, properties=properties)
    declared = yaml.safe_load((project / "workflow/schemas/tables.yaml").read_text(encoding="utf-8"))
    columns = json.dumps(described(results / "tables", declared, cited, {}), indent=1)
    properties = {"name": "columns of the tables", "encodingFormat": "application/json"}
    crate.add_file(io.StringIO(columns), "results/tables/datapackage.json", properties=properties)
    shutil.rmtree(out, ignore_errors=True)
    crate.write(out)
    for compiled in out.rglob("__pycache__"):
        shutil.rmtree(compiled)


def results_of(folder: Path) -> dict[Path, str]:
    """Return the files in a folder of results that an archive keeps, and what each of them is."""
    found: dict[Path, str] = {}
    for pattern, description in RESULTS.items():
        found = dict.fromkeys(sorted(folder.glob(pattern)), description) | found
    return found


def _cite(crate: ROCrate, cited: Mapping) -> None:
    """Say who wrote the crate and what it is about, as CITATION.cff does."""
    root, terms = crate.root_dataset, cited["license"]
    crate.name, crate.description, crate.keywords = cited["title"], cited["abstract"], ", ".join(cited["keywords"])
    root["license"] = crate.add(_entity(crate, f"https://spdx.org/licenses/{terms}", "CreativeWork", name=terms))
    root["version"], root["datePublished"] = cited["version"], cited["date-released"]
    root["author"] = [
        crate.add(_entity(crate, f"#author-{number}", "Organization", name=author["name"]))
        for number, author in enumerate(cited["authors"], 1)
    ]
    root["citation"] = [crate.add(_paper(crate, paper)) for paper in cited["references"]]


def _paper(crate: ROCrate, paper: Mapping) -> ContextEntity:
    people = [f"{author['given-names']} {author['family-names']}" for author in paper["authors"]]
    authors = [crate.add(_entity(crate, f"#{name.replace(' ', '-').lower()}", "Person", name=name)) for name in people]
    year = str(paper["year"])
    return _entity(crate, paper["url"], "ScholarlyArticle", name=paper["title"], author=authors, datePublished=year)


def _entity(crate: ROCrate, identifier: str, kind: str, **properties: object) -> ContextEntity:
    return ContextEntity(crate, identifier, properties={"@type": kind, **properties})
