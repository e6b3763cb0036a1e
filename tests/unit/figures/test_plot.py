"""The stage that plots a figure, called without a subprocess."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from figures.plot import plot_figure, results_of

SCHEMA = Path("workflow/schemas/tables.yaml")
EXPERIMENTS = ["logistic-plain-mean", "logistic-full-mean", "logistic-equispaced-mean"]


def files(folder, dataset, experiments=EXPERIMENTS):
    """Write the table `runs` and one data set, and return the arguments of the stage that draws figure 3 from them."""
    runs = [{"run": name, "experiment": name, "axis": None, "dataset": dataset} for name in experiments]
    points = [
        {"dataset": dataset, "seed": 0, "split": split, "x_1": x, "x_2": -x, "y": x}
        for split in ("train", "concentrated")
        for x in (-1, 1)
    ]
    (folder / "data").mkdir()
    (folder / "runs.json").write_text(json.dumps([run | {"gamma": 1e-3, "alpha": 10.0} for run in runs]))
    pd.DataFrame(points).assign(dataset=dataset).to_parquet(folder / f"data/{dataset}.parquet")
    outputs = {form: folder / f"figure.{form}" for form in ("pdf", "png")}
    parts, data = {"parts": [folder / "runs.json"], "of": ["runs"]}, [folder / f"data/{dataset}.parquet"]
    return {"figure": "logistic_figure3", "schema": SCHEMA, "data": data} | parts | outputs


@pytest.mark.parametrize("dataset", ["plain", "runs"])
def test_a_data_set_may_have_the_name_of_a_table(tmp_path, dataset):
    given = files(tmp_path, dataset)
    plot_figure(**given)
    assert given["png"].stat().st_size > 0
    assert given["pdf"].stat().st_size > 0


def test_an_experiment_that_is_not_there_is_one_line_and_leaves_no_figure(tmp_path):
    given = files(tmp_path, "plain", EXPERIMENTS[:2])
    arguments = [f"--{key}={value}" for key, value in given.items() if not isinstance(value, list)]
    lists = [text for key in ("parts", "of", "data") for text in (f"--{key}", *map(str, given[key]))]
    with pytest.raises(SystemExit) as failed:
        plot_figure.main("doc", arguments + lists)
    told = str(failed.value.code)
    assert told.startswith(
        "logistic_figure3: there is no experiment 'logistic-equispaced-mean'; expected one of logistic-plain-mean"
    )
    assert not list(tmp_path.glob("figure.*"))


def test_rows_of_runs_that_a_figure_does_not_show_are_left_out():
    tables = {"runs": pa.table({"run": ["a"]}), "curves": pa.table({"run": ["a", "b"], "value": [1.0, 2.0]})}
    assert results_of(tables, []).table("curves")["value"].tolist() == [1.0]
