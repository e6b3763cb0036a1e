"""A copy of the project that a test may run and change."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import yaml

ROOT = Path(__file__).parents[1]
QUICK = "workflow/profiles/quick"
TRACKED = ["CITATION.cff", "Snakefile", "config.yaml", "envs", "scripts", "workflow"]

KEPT = ["figure2", "figure5", "figure1-right", "figure4", "depth-linear-2", "optimiser-sgdw", "noise-plain"]
KEPT += [f"{name}-{reduction}" for name in ("logistic-plain", "highdim-plain") for reduction in ("mean", "sum")]
"""Experiments with a job of every rule that is submitted; the others of the quick profile would only take longer."""
TABLES = [f"results/quick/{paper}/tables/runs.parquet" for paper in ("ridge", "logistic", "beyond")]


@dataclass(frozen=True)
class Project:
    """A checkout that Snakemake is run in."""

    folder: Path
    profiles: tuple[str, ...] = (QUICK,)
    linked: bool = False
    """Whether its files are links to another project's: they may be replaced, not written to, and no job may run."""

    def arguments(self, *given: str) -> list[str]:
        """Return Snakemake's command line with the project's profiles."""
        if self.linked and "--dry-run" not in given:
            raise ValueError("a run would write to the project that this one's files are links to")
        return [*(argument for profile in self.profiles for argument in ("--profile", profile)), "--nocolor", *given]

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs Snakemake."""
        return [sys.executable, "-m", "snakemake", *self.arguments(*arguments)]

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start Snakemake; `printed` returns what it has said so far."""
        with open(self.folder / "printed.txt", "w") as file:
            return subprocess.Popen(self.command(*arguments), cwd=self.folder, stdout=file, stderr=subprocess.STDOUT)

    def printed(self) -> str:
        return (self.folder / "printed.txt").read_text()

    def snakemake(self, *arguments: str, check: bool = True) -> str:
        """Run Snakemake and return all it printed."""
        command = self.command(*arguments)
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"snakemake failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr

    def forked(self, *arguments: str, check: bool = True) -> str:
        """Do as `snakemake`, but in a fork of a process that has imported Snakemake once for all calls."""
        server = _forks()
        with NamedTemporaryFile("r") as printed:
            server.stdin.write(json.dumps([str(self.folder), printed.name, self.arguments(*arguments)]) + "\n")
            server.stdin.flush()
            failed, told = int(server.stdout.readline()), printed.read()
        if check and failed:
            raise AssertionError(f"snakemake failed:\n{told}")
        return told

    def run(self, cores: int) -> str:
        return self.snakemake("--cores", str(cores))

    def planned(self, *arguments: str) -> set[str]:
        """Return the messages of the jobs that a run would do now."""
        return messages(self.forked("--dry-run", *arguments))

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that must be there, in a new file: the old one may be linked to from elsewhere."""
        file = self.folder / path
        text = file.read_text()
        assert old in text, f"{path} does not contain {old!r}"
        file.unlink()
        file.write_text(text.replace(old, new, 1))

    def tables(self) -> dict[str, bytes]:
        """Return the science tables' bytes by file; provenance holds times and is not one of them."""
        results = self.folder / "results/quick"
        found = [*results.glob("tables/*.parquet"), *results.glob("*/tables/*.parquet")]
        assert found, f"{results} has no tables"
        return {str(path.relative_to(results)): path.read_bytes() for path in found if path.stem != "provenance"}

    def computed(self) -> dict[Path, bytes]:
        """Return what was computed of each run and data set, by file; their other files hold times of the clock."""
        folder = self.folder / "results/quick"
        found = [
            path
            for path in folder.glob("*/*/**/*")
            if path.suffix in (".npz", ".parquet") and "tables" not in path.parts
        ]
        return {path.relative_to(folder): path.read_bytes() for path in found}


def messages(plan: str) -> set[str]:
    """Return the messages of the jobs of a printed plan."""
    return set(re.findall(r"^Job \d+: (.+)$", plan, flags=re.MULTILINE))


@cache
def _forks() -> subprocess.Popen:
    """Start forks.py, which ends with the tests: its standard input is closed then."""
    command = [sys.executable, "-P", ROOT / "tests/forks.py"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def checkout(folder: Path, profiles: tuple[str, ...] = (QUICK,)) -> Project:
    """Copy what the pipeline consists of into an empty folder."""
    folder.mkdir(exist_ok=True)
    for name in TRACKED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return Project(folder, profiles)


def few(project: Project) -> list[str]:
    """Write an overlay that keeps these experiments beside a project; return the arguments that build its tables."""
    sections = yaml.safe_load((ROOT / "config.yaml").read_text()).items()
    named = {section: content["experiments"] for section, content in sections if isinstance(content, dict)}
    left_out = {
        section: {"experiments": {name: None for name in experiments if name not in KEPT}}
        for section, experiments in named.items()
    }
    (project.folder / "few.yaml").write_text(yaml.safe_dump(left_out))
    return ["--configfile", f"{QUICK}/quick.yaml", "few.yaml", "--", *TABLES]
