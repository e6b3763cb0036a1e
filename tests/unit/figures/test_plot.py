"""The stage that plots a figure, called without a subprocess."""

import pandas as pd
import pytest
from figures.plot import plot_figure

EXPERIMENTS = ["logistic-plain-mean", "logistic-full-mean", "logistic-equispaced-mean"]


def files(folder, dataset, experiments=EXPERIMENTS):
    """Write the table `runs` and one data set, and return the arguments of the stage that draws figure 3 from them."""
    runs = [{"run": name, "experiment": name, "axis": None, "dataset": dataset} for name in experiments]
    points = [
        {"dataset": dataset, "seed": 0, "split": split, "x_1": x, "x_2": -x, "y": x}
        for split in ("train", "concentrated")
        for x in (-1, 1)
    ]
    (folder / "tables").mkdir()
    (folder / "data").mkdir()
    pd.DataFrame(runs).assign(gamma=1e-3, alpha=10.0).to_parquet(folder / "tables/runs.parquet")
    pd.DataFrame(points).assign(dataset=dataset).to_parquet(folder / f"data/{dataset}.parquet")
    outputs = {form: folder / f"figure.{form}" for form in ("pdf", "png")}
    tables, data = [folder / "tables/runs.parquet"], [folder / f"data/{dataset}.parquet"]
    return {"figure": "logistic_figure3", "tables": tables, "data": data} | outputs


@pytest.mark.parametrize("dataset", ["plain", "runs"])
def test_a_data_set_may_have_the_name_of_a_table(tmp_path, dataset):
    given = files(tmp_path, dataset)
    plot_figure(**given)
    assert given["png"].stat().st_size > 0
    assert given["pdf"].stat().st_size > 0


def test_an_experiment_that_is_not_there_is_one_line_and_leaves_no_figure(tmp_path):
    given = files(tmp_path, "plain", EXPERIMENTS[:2])
    arguments = [f"--{key}={value}" for key, value in given.items() if isinstance(value, str) or key in ("pdf", "png")]
    lists = ["--tables", *map(str, given["tables"]), "--data", *map(str, given["data"])]
    with pytest.raises(SystemExit) as failed:
        plot_figure.main("doc", arguments + lists)
    told = str(failed.value.code)
    assert told.startswith(
        "logistic_figure3: there is no experiment 'logistic-equispaced-mean'; expected one of logistic-plain-mean"
    )
    assert not list(tmp_path.glob("figure.*"))
