"""A copy of the project that a test may run and change."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
QUICK = "workflow/profiles/quick"
TRACKED = ["Snakefile", "config.yaml", "envs", "scripts", "workflow"]

KEPT = ["figure2", "figure5", "figure1-right", "figure4", "depth-linear-2", "optimiser-sgdw", "noise-plain"]
KEPT += [f"{name}-{reduction}" for name in ("logistic-plain", "highdim-plain") for reduction in ("mean", "sum")]
"""Experiments with a job of every rule that is submitted; the others of the quick profile would only take longer."""
TABLES = [f"results/quick/tables/{name}.parquet" for name in ("runs", "curves", "times", "bounds", "theory")]


@dataclass(frozen=True)
class Project:
    """A checkout that Snakemake is run in."""

    folder: Path

    profiles: tuple[str, ...] = (QUICK,)

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs Snakemake with the project's profiles."""
        given = [argument for profile in self.profiles for argument in ("--profile", profile)]
        return [sys.executable, "-m", "snakemake", *given, "--nocolor", *arguments]

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

    def run(self, cores: int) -> str:
        return self.snakemake("--cores", str(cores))

    def planned(self, *arguments: str) -> set[str]:
        """Return the messages of the jobs that a run would do now."""
        return set(re.findall(r"^Job \d+: (.+)$", self.snakemake("--dry-run", *arguments), flags=re.MULTILINE))

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        file = self.folder / path
        text = file.read_text()
        assert old in text, f"{path} does not contain {old!r}"
        file.write_text(text.replace(old, new, 1))

    def tables(self) -> dict[str, bytes]:
        """Return the science tables' bytes by name; provenance holds times and is not one of them."""
        found = sorted((self.folder / "results/quick/tables").glob("*.parquet"))
        return {path.stem: path.read_bytes() for path in found if path.stem != "provenance"}


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
