"""A real SLURM on one machine: controller, one node and munge, on loopback, without systemd, cgroups or accounting."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

SLURM = "workflow/profiles/slurm"
SHORT_WAITS = ("--slurm-init-seconds-before-status-checks", "2", "--max-jobs-per-timespan", "100/1s")
SYSTEM_CONF = Path("/etc/slurm/slurm.conf")  # srun inside a job looks here, whatever SLURM_CONF says
MUNGE_SOCKET = Path("/run/munge/munge.socket.2")
DAEMONS = ["munged", "slurmctld", "slurmd"]
CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill,UsePss
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
ReturnToService=2
SwitchType=switch/none
MpiDefault=none
MinJobAge=36000
KillWait=2
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port=17001 CPUs=8 RealMemory=8000
PartitionName=main Nodes=n1 Default=YES MaxTime=120 State=UP
"""


class Cluster:
    """A started cluster; `stop` ends its daemons and removes what it put outside its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._refuse_a_foreign_slurm()
        for name in ("state", "spool"):
            (folder / name).mkdir(parents=True)
        conf = folder / "slurm.conf"
        conf.write_text(CONF.format(folder=folder, host=socket.gethostname()))
        SYSTEM_CONF.parent.mkdir(parents=True, exist_ok=True)
        SYSTEM_CONF.symlink_to(conf)
        self._start_munge()
        subprocess.run(["slurmctld", "-c", "-f", conf], check=True)
        subprocess.run(["slurmd", "-N", "n1", "-f", conf], check=True)
        self._wait_until_idle()

    def stop(self) -> None:
        """End the daemons, newest first."""
        for name in reversed(DAEMONS):
            pid_file = self.folder / f"{name}.pid"
            if pid_file.exists():
                os.kill(int(pid_file.read_text()), signal.SIGTERM)
        SYSTEM_CONF.unlink()

    def jobs(self) -> dict[str, dict[str, str]]:
        """Return what the controller knows of every job, finished ones included: job id -> its fields."""
        text = subprocess.run(["scontrol", "--oneliner", "show", "jobs"], capture_output=True, text=True, check=True)
        rows = [
            dict(field.split("=", 1) for field in line.split() if "=" in field) for line in text.stdout.splitlines()
        ]
        return {row["JobId"]: row for row in rows if "JobId" in row}

    def wait_for(self, state: str, rule: str = "", count: int = 1, seconds: int = 120) -> list[str]:
        """Return the ids, oldest first, of at least `count` jobs of a rule (of all by default) that are in a state."""
        for _ in range(seconds * 2):
            jobs = self.jobs().items()
            found = [name for name, job in jobs if rule in job.get("Comment", "") and job["JobState"] == state]
            if len(found) >= count:
                return sorted(found, key=int)
            time.sleep(0.5)
        raise AssertionError(f"fewer than {count} jobs of rule {rule or '(any)'} were {state} within {seconds} s")

    def _refuse_a_foreign_slurm(self) -> None:
        missing = [name for name in DAEMONS if shutil.which(name) is None]
        if missing:
            raise RuntimeError(f"{', '.join(missing)} not found: run tests/slurm/install.sh first")
        if SYSTEM_CONF.exists():
            raise RuntimeError(f"{SYSTEM_CONF} exists: this machine has a SLURM of its own, which tests must not touch")
        SYSTEM_CONF.unlink(missing_ok=True)  # a link left by a killed test run points nowhere

    def _start_munge(self) -> None:
        MUNGE_SOCKET.parent.mkdir(parents=True, exist_ok=True)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        options = [f"--key-file={key}", f"--socket={MUNGE_SOCKET}", f"--pid-file={self.folder}/munged.pid"]
        files = [f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munged.seed"]
        subprocess.run(["munged", *options, *files, "--force"], check=True)

    def _wait_until_idle(self) -> None:
        for _ in range(100):
            nodes = subprocess.run(["sinfo", "-h", "-N", "-t", "idle"], capture_output=True, text=True, check=False)
            if "n1" in nodes.stdout:
                return
            time.sleep(0.1)
        logs = "".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))
        raise RuntimeError(f"the node did not come up in 10 s:\n{logs}")
