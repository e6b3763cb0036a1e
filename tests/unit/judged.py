"""Small tables of claims that test modules show."""

import pandas as pd

CLAIM = {
    "id": "c1",
    "paper": "ridge",
    "place": "figure 2",
    "statement": "t2 grows.",
    "criterion": "slope near -1",
    "evidence": "ridge_figure2",
    "reduction": None,
    "source": "text",
    "paper_value": -1.0,
    "paper_quantile": None,
    "measured": -0.5,
    "ci_low": -0.6,
    "ci_high": -0.4,
    "verdict": "not reproduced",
    "reason": None,
    "scale": "paper",
    "deviations": "none",
}
READ = CLAIM | {"paper": "logistic", "statement": "b peaks.", "ci_low": None, "ci_high": None, "evidence": "f"}
CLAIMS = pd.DataFrame(
    [
        CLAIM,
        READ | {"id": "d-sum", "reduction": "sum", "measured": 20.0},
        READ | {"id": "single", "reduction": "mean", "statement": "b rests.", "verdict": "partly reproduced"},
        READ | {"id": "d-mean", "reduction": "mean", "measured": 2.0, "verdict": "reproduced"},
        CLAIM | {"id": "c2", "ci_low": None, "ci_high": None, "verdict": "reproduced"},
    ]
)
CHECKS = pd.DataFrame([CLAIM | {"id": "own", "statement": "We say."}])
RUNS = pd.DataFrame(
    [
        {"paper": "ridge", "figure": "1", "scale": "paper", "deviations": "none"},
        {"paper": "ridge", "figure": "2", "scale": "paper", "deviations": "seeds not given"},
        {"paper": "ridge", "figure": "3", "scale": "paper", "deviations": "seeds not given"},
        {"paper": "logistic", "figure": "9", "scale": "reduced", "deviations": "another paper's"},
    ]
)
