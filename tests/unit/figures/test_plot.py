"""The stage that plots a figure, called without a subprocess."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import pandas as pd
import pyarrow as pa
from called import arguments
from checkout import ROOT
from figures.plot import drawn_or_said, plot_figure, results_of
from figures.style import panels
from fontTools.ttLib import TTFont
from judging.query import Results

SCHEMA = ROOT / "workflow/schemas/tables.yaml"
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


def test_a_data_set_may_have_the_name_of_a_table(tmp_path):
    given = files(tmp_path, "runs")
    plot_figure(**given)
    assert given["png"].stat().st_size > 0
    assert given["pdf"].stat().st_size > 0


def test_a_figure_that_lacks_an_experiment_is_a_page_that_names_it(tmp_path, caplog):
    given = files(tmp_path, "plain", EXPERIMENTS[:2])
    plot_figure(**given)
    assert (
        "logistic_figure3 is not drawn: experiment 'logistic-equispaced-mean' is not in the configuration"
        in caplog.text
    )
    assert given["png"].stat().st_size > 0


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def fonts(folder):
    """Install a face that would be preferred to the bundled one: of its name and italic, where that is oblique."""
    font = TTFont(Path(mpl.get_data_path(), "fonts/ttf/DejaVuSerif-Italic.ttf"))
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = "DejaVu Sans"
    folder.mkdir()
    font.save(folder / "italic.ttf")
    return folder.parent


def users(home):
    """Make the surroundings of a user with settings, fonts of the same names and a session of their own."""
    settings = b"savefig.dpi: 50\ntext.usetex: True\n"
    write(home / ".config/matplotlib/matplotlibrc", settings)
    session = {"MPLBACKEND": "none such", "SOURCE_DATE_EPOCH": "0", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"}
    session |= {"FREETYPE_PROPERTIES": "truetype:interpreter-version=35", "PYTHONHASHSEED": "7"}
    return session | {"HOME": home, "XDG_DATA_HOME": fonts(home / "fonts")}


def nobodys(home):
    """Make surroundings without a home, with settings that are not text and others in the working directory."""
    write(home / "matplotlibrc", b"savefig.bbox: tight\nmathtext.fontset: stix\n")
    settings = write(home / "settings", b"font.family: S\xf6hne")
    return {"HOME": "/dev/null", "MPLCONFIGDIR": "/dev/null/none", "MATPLOTLIBRC": settings}


def test_the_same_tables_give_the_same_bytes_in_whatever_surroundings(tmp_path):
    given, drawn = files(tmp_path, "plain"), []
    for surroundings in (users, nobodys):
        home = tmp_path / surroundings.__name__
        home.mkdir()
        outputs = {form: home / f"figure.{form}" for form in ("pdf", "png")}
        read = {name: given[name] for name in ("schema", "data", "parts")} | outputs
        told = arguments(home, read, figure=given["figure"], of=given["of"])
        command = [sys.executable, ROOT / "scripts/plot_figure.py", *told]
        subprocess.run(command, env=os.environ | surroundings(home), cwd=home, check=True)
        drawn.append([output.read_bytes() for output in outputs.values()])
    assert drawn[0] == drawn[1]


def test_rows_of_runs_that_a_figure_does_not_show_are_left_out():
    tables = {"runs": pa.table({"run": ["a"]}), "curves": pa.table({"run": ["a", "b"], "value": [1.0, 2.0]})}
    assert results_of(tables, []).table("curves")["value"].tolist() == [1.0]


def test_a_logarithmic_axis_without_a_number_can_be_drawn(monkeypatch):
    def draw(results):
        figure, axes = panels(1, 1)
        axes[0, 0].plot([float("nan")], [float("nan")])
        axes[0, 0].set(xlim=(0, 1), ylim=(-1, 0), xscale="log", yscale="log")
        return figure

    monkeypatch.setitem(sys.modules, "figures.empty", SimpleNamespace(SHOWS=(), draw=draw))
    drawn = drawn_or_said("empty", Results({}))
    drawn.canvas.draw()
    assert drawn.axes[0].get_xlim()[0] > 0
    assert drawn.axes[0].get_ylim()[0] > 0
