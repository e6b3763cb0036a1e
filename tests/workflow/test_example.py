"""The example script, on the tables of a finished quick run."""

import math
import os
import re
import subprocess
import sys

import matplotlib.pyplot as plt
from checkout import ROOT


def test_the_example_draws_a_figure_and_trains_another_weight_decay(project):
    """t2 is within 5 % of ln((1 - n/m) nu^2 / c) / (2 eta lambda), which leaves out the small loss that remains."""
    done = subprocess.run(
        [sys.executable, ROOT / "examples/custom_run.py"],
        cwd=project.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    t1, t2 = (int(number) for number in re.fullmatch(r"t1 = (\d+), t2 = (\d+)\n", done.stdout).groups())
    assert 100 < t1 < 400
    assert abs(t2 / (math.log(0.9 / 0.01) / (2 * 2e-4)) - 1) < 0.05
    assert plt.imread(project.folder / "results/quick/custom_figure2.png").std() > 0
