"""A copy of the project that a test may run and change."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUICK = "workflow/profiles/quick"
TRACKED = ["Snakefile", "config.yaml", "envs", "scripts", "workflow"]


@dataclass(frozen=True)
class Project:
    """A checkout that Snakemake is run in."""

    folder: Path

    def snakemake(self, *arguments: str, check: bool = True, profiles: tuple[str, ...] = (QUICK,)) -> str:
        """Run Snakemake with the quick profile, or those given, and return all it printed."""
        given = [argument for profile in profiles for argument in ("--profile", profile)]
        command = [sys.executable, "-m", "snakemake", *given, "--nocolor", *arguments]
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


def checkout(folder: Path) -> Project:
    """Copy what the pipeline consists of into an empty folder."""
    folder.mkdir(exist_ok=True)
    for name in TRACKED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return Project(folder)
