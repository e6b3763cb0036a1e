"""Print how much memory (MB) or how many cores a run may use: `python3 workflow/setup/machine.py memory`, or `cores`.

That is what the machine has or, where it is less, what a control group (a container, a job of a cluster) is limited to.
"""

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path

UNIFIED, MEMORY, CPU = "", "memory", "cpu"
"""Controllers as /proc/self/cgroup names them; groups of the second version have one hierarchy without a name."""


def memory(system: Path = Path("/")) -> int:
    """Return the memory that may be used, in MB."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [*_read(system, UNIFIED, "memory.max"), *_read(system, MEMORY, "memory.limit_in_bytes")]
    return min([pages, *(int(limit) for limit in limits if limit != "max")]) >> 20


def cores(system: Path = Path("/")) -> int:
    """Return the number of cores that may be used; a part of one counts as a whole one."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    old = zip(_read(system, CPU, "cpu.cfs_quota_us"), _read(system, CPU, "cpu.cfs_period_us"), strict=True)
    quotas = [*(limit.split() for limit in _read(system, UNIFIED, "cpu.max")), *old]
    limits = [math.ceil(int(quota) / int(period)) for quota, period in quotas if quota not in ("max", "-1")]
    return min([allowed, *limits])


def _read(system: Path, controller: str, name: str) -> Iterator[str]:
    """Yield what the files of this name say, in this process's group and in those that it lies in."""
    mounted = system / "sys/fs/cgroup" / controller
    for folder in _groups(system / "proc/self/cgroup", controller):
        file = mounted / folder / name
        if file.exists():
            yield file.read_text(encoding="utf-8").strip()


def _groups(table: Path, controller: str) -> Iterator[Path]:
    """Yield the groups of a controller, from that of this process outwards, as paths below where it is mounted."""
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            group = Path(path.lstrip("/"))
            yield from (group, *group.parents)


if __name__ == "__main__":
    print({"memory": memory, "cores": cores}[sys.argv[1]]())
