"""Draw a figure from the tables of `make quick`, and train a configuration that is in none of them.

Run from the root of the project: `PYTHONPATH=scripts python examples/custom_run.py`.
"""

from pathlib import Path

from figures import ridge_figure2
from figures.style import set_style
from grokking.ridge.path import RidgePath
from grokking.ridge.problem import draw_problem
from judging.query import read_results

results = Path("results/quick")
set_style()
found = read_results(results / f"tables/{name}.parquet" for name in ("runs", "times", "bounds"))
ridge_figure2.draw(found).savefig(results / "custom_figure2.png")

# 100 Gaussian points in 1000 dimensions and a teacher of unit norm: the defaults of figure 2, with another lambda.
drawn = draw_problem("gaussian", m=1000, d=1000, n=100, root=1, seed=0)
problem = drawn.rescaled(100, init_scale=1.0, feature_scale=1.0, teacher_scale=1.0, noise_std=0.0)
times = RidgePath(problem, eta=1.0, weight_decay=2e-4).times(eps=0.01)
print(f"t1 = {times['t1']}, t2 = {times['t2']}")
