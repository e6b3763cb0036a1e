from dataclasses import asdict, replace

import numpy as np
import pytest
from beyond_runs import PLANAR, executed, states_of, tables_of
from grokking.beyond.decay import Run, predicted, train
from grokking.beyond.sets import draw, followed

RUN = Run(**asdict(PLANAR), weight_decay=0.02, decay_bias=False)
BOTH = replace(RUN, run="both", decay_bias=True)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    balanced = replace(RUN, run="balanced", s_pos=30)
    return tables_of(train, tmp_path_factory.mktemp("decay"), RUN, BOTH, balanced)


@pytest.mark.parametrize("run", [RUN, BOTH], ids=["w", "both"])
def test_curves_are_those_of_plain_gradient_descent(tables, run):
    for seed in range(run.n_seeds):
        found = states_of(tables[0], run.run, seed)
        expected = executed(draw(run, 3, seed)["train"], found.index, run.eta, run.decay)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)


def test_training_ends_at_the_minimum(tables):
    numbers = tables[2].pivot(index=["run", "seed"], columns="quantity", values="value")
    for seed in range(RUN.n_seeds):
        end = followed(replace(RUN, horizon=10**9), seed, draw(RUN, 3, seed)["train"], RUN.decay)
        assert np.linalg.norm(end.w[-1]) == pytest.approx(numbers.loc[("run", seed), "norm_at_rest"], rel=1e-9)


def test_imbalanced_support_vectors_alone_have_a_threshold(tables):
    bounds = tables[2]
    known = bounds[bounds["quantity"] == "decay_threshold_predicted"]
    assert set(known["run"]) == {"run", "both"}


def test_the_decay_of_b_hardly_changes_where_w_rests():
    law = replace(RUN, n_pos=1000, n_neg=1000, s_pos=400, s_neg=300, weight_decay=1e-6)
    one, both = predicted(law), predicted(replace(law, decay_bias=True))
    np.testing.assert_allclose(one, both, rtol=1e-3)
