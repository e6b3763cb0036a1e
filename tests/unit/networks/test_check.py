import json
from dataclasses import asdict, replace

import pyarrow as pa
import pytest
from grokking.networks import check as network_check
from grokking.networks.check import check, compared
from grokking.networks.run import time_table, trained
from grokking.results.files import read_parquet, write_parquet
from samples import NETWORK

RUN = replace(NETWORK, n_seeds=1)


def counted(table):
    values = dict(zip(table["quantity"].to_pylist(), table["value"].to_pylist(), strict=True))
    return values["checks"], values["violations"]


def test_a_check_passes_on_the_acceleration_and_fails_on_other_times():
    descent = trained(RUN, 1, 0).descent
    t1, t2 = descent.t1, descent.t2
    assert counted(compared(RUN, 1, 0, t1, t2)) == (2, 0)
    assert counted(compared(RUN, 1, 0, t1 + 2, t2)) == (2, 1)
    assert counted(compared(RUN, 1, 0, None, round(1.01 * t2))) == (2, 2)


def test_times_that_neither_reaches_agree(monkeypatch):
    run = replace(RUN, horizon=10)
    descent = trained(run, 1, 0).descent
    assert counted(compared(run, 1, 0, descent.t1, descent.t2)) == (2, 0)
    assert counted(compared(run, 1, 0, descent.t1, 5)) == (2, 1)
    monkeypatch.setattr(network_check, "plain_times", lambda *_: (3, 9))
    assert counted(compared(run, 1, 0, None, None)) == (2, 2)


def test_wrong_times_end_the_job_with_one_line_and_right_ones_leave_the_numbers(tmp_path):
    table = time_table(RUN, [trained(RUN, 1, 0)])
    files = {name: str(tmp_path / name) for name in ("times", "bounds")}
    write_parquet(table, files["times"])
    check(RUN, 1, **files)
    assert counted(read_parquet(files["bounds"])) == (2, 0)
    rows = [row | {"step": row["step"] + 100} for row in table.to_pylist()]
    write_parquet(pa.Table.from_pylist(rows, table.schema), files["times"])
    named = [text for name, file in files.items() for text in (f"--{name}", file)]
    with pytest.raises(SystemExit, match=r"^test: every step executed gives t1 .*, the acceleration \{'t1': "):
        check.main(None, ["--run", json.dumps(asdict(RUN)), "--seed", "1", *named])
