"""Which runs in high dimension share a job."""

from evaluations import by_data, predicted, replicates, streams


def run(name, reduction="mean", data="a", bias=True, **others):
    counts = {"d": 4, "n_pos": 5, "n_neg": 5, "s_pos": 0, "s_neg": 0, "n_seeds": 2} | others
    return {"run": name, "experiment": name[0], "dataset": data, "reduction": reduction, "bias": bias} | counts


def test_runs_by_mean_loss_that_differ_in_their_bias_share_a_stream():
    runs = [run("x"), run("x-free", bias=False), run("x-b", data="b"), run("y"), run("x-sum", "sum")]
    found = {name: [one["run"] for one in shared] for name, shared in streams(runs).items()}
    assert found == {"x-a": ["x", "x-free"], "x-b": ["x-b"], "y-a": ["y"]}


def test_both_readings_on_a_data_set_are_evaluated_together():
    runs = [run("x"), run("s", "sum"), run("z", data="b")]
    assert {name: len(shared) for name, shared in by_data(runs).items()} == {"a": 2, "b": 1}


def test_seeds_are_those_of_the_run_that_has_most():
    assert replicates([run("x", n_seeds=1), run("y", n_seeds=3)]) == [0, 1, 2]


def test_theory_speaks_of_the_mean_loss_where_nothing_draws_a_bias():
    runs = [run("x"), run("s", "sum"), run("c", n_pos=8), run("c-free", n_pos=8, bias=False), run("p", s_pos=1)]
    runs += [run("few", n_pos=4, n_neg=4)]
    assert predicted(runs) == ["x", "c-free"]
