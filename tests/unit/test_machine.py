"""What a run may use is the least of what the machine has and what the control groups around it are limited to."""

import os
import subprocess
import sys

import pytest
from checkout import ROOT
from machine import cores, memory

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
CORES = len(os.sched_getaffinity(0))
NO_LIMIT = 9223372036854771712  # what the first version says in place of "max"
GIB = 1 << 30


@pytest.fixture
def system(tmp_path):
    """A function that writes the files of a system and returns its root."""

    def write(table: str, files: dict[str, str]):
        for name, text in {"proc/self/cgroup": table, **{f"sys/fs/cgroup/{k}": v for k, v in files.items()}}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(f"{text}\n")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("table", "files", "expected"),
    [
        ("0::/", {"memory.max": str(GIB)}, 1024),  # a container
        ("0::/", {"memory.max": "max"}, MACHINE),
        (
            "0::/a/b",
            {"a/b/memory.max": "max", "a/memory.max": str(GIB // 2), "memory.max": "max"},
            512,
        ),  # a job's slice
        ("4:cpu:/\n3:memory:/a", {"memory/a/memory.limit_in_bytes": str(GIB)}, 1024),
        ("3:memory:/docker/0123", {"memory/memory.limit_in_bytes": str(GIB)}, 1024),  # a path that is the host's
        ("3:memory:/", {"memory/memory.limit_in_bytes": str(NO_LIMIT)}, MACHINE),
        ("3:memory:/a\n0::/a", {"memory/a/memory.limit_in_bytes": str(GIB), "a/memory.max": str(GIB // 4)}, 256),
        ("0::/", {"memory.max": str(1 << 60)}, MACHINE),  # a limit above what there is
        ("1:name=systemd:/a:b", {}, MACHINE),
    ],
)
def test_memory_is_the_least_limit(system, table, files, expected):
    assert memory(system(table, files)) == expected


@pytest.mark.parametrize(
    ("table", "files", "expected"),
    [
        ("0::/", {"cpu.max": "max 100000"}, CORES),
        ("0::/", {"cpu.max": "50000 100000"}, 1),
        ("0::/a", {"a/cpu.max": "100000 100000", "cpu.max": "max 100000"}, 1),
        ("2:cpu,cpuacct:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, CORES),
        ("2:cpu,cpuacct:/", {"cpu/cpu.cfs_quota_us": "60000", "cpu/cpu.cfs_period_us": "100000"}, 1),
    ],
)
def test_cores_are_the_least_limit(system, table, files, expected):
    assert cores(system(table, files)) == expected


def test_without_control_groups_it_is_what_the_machine_has(tmp_path):
    assert (memory(tmp_path), cores(tmp_path)) == (MACHINE, CORES)


@pytest.mark.parametrize("what", ["memory", "cores"])
def test_make_and_the_image_are_given_a_number(what):
    command = [sys.executable, ROOT / "workflow/setup/machine.py", what]
    assert int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) >= 1
