"""Train configurations that are in none of the results: the grokking time of ridge regression against weight decay.

Install the package first, `pip install .` in the root of the project; then `python examples/custom_run.py`.
"""

from grokking.api import RidgePath, draw_problem

# 100 Gaussian points in 1000 dimensions and a teacher of unit norm: the defaults of figure 2, with other lambdas.
drawn = draw_problem("gaussian", m=1000, d=1000, n=100, root=1, seed=0)
problem = drawn.rescaled(100, init_scale=1.0, feature_scale=1.0, teacher_scale=1.0, noise_std=0.0)
print("lambda   t1      t2  lambda t2")
for weight_decay in (2e-4, 1e-4, 5e-5):
    times = RidgePath(problem, eta=1.0, weight_decay=weight_decay).times(eps=0.01)
    print(f"{weight_decay:6.0e} {times['t1']:4d} {times['t2']:7d} {weight_decay * times['t2']:10.3f}")
