"""The figures at d = 1024, drawn from tables made by formulas."""

import importlib

import highdim_tables
import pytest
from figures.labels import power_of_ten
from figures.style import fix_layout, set_style

FIGURES = ["figure1", "imbalance", "scaling", "table1"]


@pytest.fixture(scope="module")
def drawn():
    set_style()
    results = highdim_tables.results()
    return {name: importlib.import_module(f"figures.logistic_highdim_{name}").draw(results) for name in FIGURES}


def lines(ax):
    """Return the lines of a panel that have points."""
    return [line for line in ax.lines if len(line.get_xdata()) > 0]


def texts(ax):
    return {text.get_text() for text in ax.texts}


@pytest.mark.parametrize("name", FIGURES)
def test_every_panel_shows_lines_and_can_be_laid_out(drawn, name):
    fix_layout(drawn[name])
    assert all(lines(ax) for ax in drawn[name].axes)


def test_both_readings_have_their_row(drawn):
    for name in ("figure1", "imbalance"):
        assert "mean loss" in texts(drawn[name].axes[0])
        assert "as printed" in texts(drawn[name].axes[3])


def test_figure_1_names_its_lines_and_marks_the_papers_times(drawn):
    for ax in drawn["figure1"].axes[::3]:
        assert texts(ax) >= {"train", "standard", "concentrated", "adversarial", "$T_{tr}$, paper", "$T_{te}$, paper"}


def test_the_control_without_a_bias_is_shown_where_it_exists(drawn):
    assert "3:1, no bias" in texts(drawn["imbalance"].axes[2])
    assert "3:1, no bias" not in texts(drawn["imbalance"].axes[5])


def test_the_noise_of_a_balanced_sample_is_drawn_where_theory_has_it(drawn):
    expected = [len([line for line in lines(ax) if line.get_linestyle() == "--"]) for ax in drawn["imbalance"].axes]
    assert expected == [0, 1, 3, 0, 0, 2]


def test_theory_is_drawn_with_each_size_and_the_limit_of_many_points(drawn):
    concentrated, angle, norm, errors, *_ = drawn["scaling"].axes
    for ax in (angle, norm, concentrated):
        assert len([line for line in ax.lines if line.get_linestyle() == "--"]) == 4
    assert "limit, 18.53" in texts(angle)
    assert len([line for line in errors.lines if line.get_linestyle() == "--"]) == 2


def test_what_is_not_reached_lies_beyond_the_horizon(drawn):
    mean, printed = drawn["table1"].axes

    def beyond(ax):
        return {round(line.get_ydata()[0]) for line in lines(ax) if line.get_xdata()[0] > highdim_tables.HORIZON}

    assert beyond(mean) == {0, 1, 2}
    assert beyond(printed) == set()


@pytest.mark.parametrize(("value", "label"), [(1e6, "$10^{6}$"), (3e5, r"$3\!\times\!10^{5}$")])
def test_round_numbers_are_powers_of_ten(value, label):
    assert power_of_ten(value) == label
