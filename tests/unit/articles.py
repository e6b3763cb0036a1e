"""The content of a small article, of small tables."""

from pathlib import Path

import pandas as pd
import yaml
from article.content import content
from judged import CHECKS, CLAIMS, RUNS

CITATION = yaml.safe_load(Path("CITATION.cff").read_text())
PROVENANCE = pd.DataFrame(
    [
        {"python": "3.12.1", "numpy": "2.4.6", "blas": "b 1", "cpu": "c", "git_commit": "abc", "cpu_s": 90.0},
        {"python": "3.12.1", "numpy": "2.4.6", "blas": "b 2", "cpu": "c", "git_commit": None, "cpu_s": 30.0},
    ]
)
SMALL = RUNS.assign(experiment=["figure2", "figure2", "b", "logistic-plain-mean"], scale="paper", n_seeds=5, d=1024.0)


def article(claims=CLAIMS, checks=CHECKS, runs=SMALL, headlines=("c1",), texts=None, captions=None, figures=None):
    """Return the content of an article."""
    tables = {"claims": claims, "checks": checks, "runs": runs, "provenance": PROVENANCE}
    return content(tables, CITATION, list(headlines), texts or {}, captions or {}, figures or {})
