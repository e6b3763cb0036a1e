"""What a run costs, from what its jobs recorded."""

import pandas as pd
import pytest
from report.costs import costs_sentence, costs_table, disk_gb, makespan, read_costs


@pytest.fixture
def costs(tmp_path):
    provenance = pd.DataFrame({"stage": ["train", "train"], "run": ["a", "b"]})
    (tmp_path / "tables").mkdir()
    provenance.assign(cpu_s=[600.0, 1200.0], max_rss_mb=[100.0, 2500.0]).to_parquet(
        tmp_path / "tables/provenance.parquet"
    )
    for name in ("train/a", "train_by_another_name/b", "plot/figure", "judge", "verify/check/c"):
        file = tmp_path / f"benchmarks/{name}.tsv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("s\tmax_rss\tcpu_time\n60.0\t300.0\t0.1\n")
    return read_costs(tmp_path)


def test_jobs_without_a_row_of_provenance_are_read_from_benchmarks_those_of_verify_are_not(costs):
    assert costs.groupby("rule")["cpu_s"].sum().to_dict() == {"train": 1800.0, "plot": 60.0, "judge": 60.0}


def test_the_sentence_has_time_memory_and_disk(costs):
    assert costs_sentence("Everything", costs, 2.0) == (
        "Everything takes 32 min of CPU time: at least 20 min on 2 and 20 min on 8 cores like these, "
        "2.5 GB of memory a core at most and 2 GB of disk."
    )


def test_the_table_has_a_row_a_rule_the_most_expensive_first(costs):
    rows = costs_table(costs).splitlines()[2:]
    assert rows[0] == "| train | 2 | 1800 | 1200 | 2500 |"
    assert len(rows) == 3


def test_a_quick_run_is_no_part_of_the_disk_of_everything(tmp_path):
    for name, size in (("tables/a", 1000), ("quick/tables/a", 500)):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(bytes(size))
    assert disk_gb(tmp_path) == 1e-6
    assert disk_gb(tmp_path / "quick") == 5e-7


@pytest.mark.parametrize(("cores", "end"), [(1, 11), (2, 6), (3, 5)])
def test_a_core_that_gets_free_takes_the_longest_job_left(cores, end):
    assert makespan([5, 3, 2, 1], cores) == end
