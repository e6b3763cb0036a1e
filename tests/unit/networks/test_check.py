from dataclasses import asdict, replace

import numpy as np
import pyarrow as pa
import pytest
from called import arguments
from grokking.networks.check import bounds_table, brute_force_table, check, executed_times
from grokking.networks.run import time_table, trained
from grokking.results.files import read_parquet, write_parquet
from grokking.results.jobs import StageError
from samples import NETWORK

RUN = replace(NETWORK, n_seeds=1)


def counted(table):
    values = dict(zip(table["quantity"].to_pylist(), table["value"].to_pylist(), strict=True))
    return values["checks"], values["violations"]


def compared(found, plain):
    """Return checks and violations in `bounds`; `brute_force` says the same."""
    checks, violations = counted(bounds_table(RUN, 0, found, plain))
    rows = brute_force_table(RUN, 0, found, plain).to_pylist()
    assert sum(row["n_times"] for row in rows) == checks
    assert sum(row["n_times_equal"] for row in rows) == checks - violations
    beyond = [row for row in rows if row["max_error"] is not None and row["max_error"] > row["tolerance"]]
    assert all(row["n_times_equal"] == 0 for row in beyond)
    return checks, violations


def times(t1, t2):
    return {"t1": t1, "t2": t2}


def test_a_check_passes_on_the_acceleration_and_fails_on_other_times():
    descent, plain = trained(RUN, 1, 0).descent, executed_times(RUN, 1, 0)
    t1, t2 = descent.t1, descent.t2
    assert compared(times(t1, t2), plain) == (2, 0)
    assert compared(times(t1 + 2, t2), plain) == (2, 1)
    assert compared(times(None, round(1.01 * t2)), plain) == (2, 2)


def test_times_that_neither_reaches_agree():
    run = replace(RUN, horizon=10)
    descent, plain = trained(run, 1, 0).descent, executed_times(run, 1, 0)
    assert compared(times(descent.t1, descent.t2), plain) == (2, 0)
    assert compared(times(descent.t1, 5), plain) == (2, 1)
    assert compared(times(None, None), times(3, 9)) == (2, 2)


def test_a_row_has_the_time_executed_and_the_relative_error_of_the_accelerated_one():
    t1, t2 = brute_force_table(RUN, 0, times(None, 100_001), times(None, 100_000)).to_pylist()
    assert (t1["first_step"], t1["max_error"], t1["n_times_equal"]) == (None, None, 1)
    assert (t2["quantity"], t2["first_step"], t2["last_step"], t2["worst_step"]) == ("t2", *[100_000] * 3)
    assert (t2["max_error"], t2["tolerance"], t2["n_times_equal"]) == (1e-5, 1e-4, 1)


def test_wrong_times_end_the_job_with_one_line_and_right_ones_leave_the_numbers(tmp_path):
    table = time_table(RUN, [trained(RUN, 1, 0)])
    files = {name: str(tmp_path / name) for name in ("times", "bounds", "brute_force")}
    write_parquet(table, files["times"])
    check(RUN, 1, **files)
    assert counted(read_parquet(files["bounds"])) == (2, 0)
    assert read_parquet(files["brute_force"])["n_times_equal"].to_pylist() == [1, 1]
    rows = [row | {"step": row["step"] + 100} for row in table.to_pylist()]
    write_parquet(pa.Table.from_pylist(rows, table.schema), files["times"])
    with pytest.raises(SystemExit, match=r"^test: every step executed gives t1 .*, the acceleration \{'t1': "):
        check.main(None, arguments(tmp_path, files, run=asdict(RUN), seed=1))


def test_a_time_of_step_0_is_compared_in_steps():
    (first, _) = brute_force_table(RUN, 0, times(1, 5), times(0, 5)).to_pylist()
    assert (first["max_error"], first["n_times_equal"]) == (1, 1)


def test_plain_descent_that_diverges_ends_the_check_with_one_line():
    with (
        np.errstate(all="ignore"),
        pytest.raises(StageError, match=r"^test: eta: 50 is too large; .* by step"),
    ):
        executed_times(replace(RUN, eta=50.0, weight_decay=1e-3, horizon=10**4), 1, 0)
