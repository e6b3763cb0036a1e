"""The conda environments against the lock file, and against what the rules that use them import."""

import ast
import re
import sys
from pathlib import Path

import pytest
import yaml
from experiments import STUDIES
from imports import code_files

ENVIRONMENTS = sorted(Path("envs").glob("*.yaml"))
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "yaml": "pyyaml",
    "sklearn": "scikit-learn",
    "vl_convert": "vl-convert-python",
    "typst": "typst-py",
}  # module: conda package
PYPI_NAMES = {"matplotlib-base": "matplotlib", "typst-py": "typst"}  # conda package: PyPI package


def pins(environment: Path) -> dict[str, str]:
    return dict(pin.split("=") for pin in yaml.safe_load(environment.read_text())["dependencies"])


def locked() -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", Path("requirements.lock").read_text(), flags=re.MULTILINE))


def rules() -> list[tuple[str, str, list[str]]]:
    """Name, environment and scripts of every rule."""
    found = []
    for path in sorted(Path("workflow/rules").glob("*.smk")):
        for text in re.split(r"^ *rule ?", path.read_text(), flags=re.MULTILINE)[1:]:
            name = re.match(r"\w*", text).group() or path.stem  # the figures' rules get their names in a loop
            environment = re.search(r'conda:\s+"([^"]+)"', text).group(1)
            scripts = re.findall(r'code\(f?"([^"]+)"\)', text)
            if "code(STUDIES" in text:  # chosen by the study of an experiment
                scripts += [script for script, _ in STUDIES.values() if Path("scripts", script).exists()]
                scripts.remove("train_real_data.py")  # has a rule of its own
            for script in [s for s in scripts if "{" in s]:
                scripts.remove(script)
                scripts += [f"figures/{p.name}" for p in Path("scripts/figures").glob("*_*.py")]
            found.append((name, Path(environment).name, scripts))
    return found


def third_party(script: str) -> set[str]:
    names = set()
    for file in code_files(Path("scripts"), script):
        for node in ast.walk(ast.parse(Path(file).read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module.split(".")[0])
    return (
        names
        - set(sys.stdlib_module_names)
        - {"grokking", "figures", "judging", "report", "records", "explorer", "article"}
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_environments_have_the_versions_of_the_lock(environment):
    versions = {PYPI_NAMES.get(name, name): version for name, version in pins(environment).items() if name != "python"}
    assert versions == {name: locked()[name] for name in versions}


def test_environments_and_container_agree_on_python():
    container = re.search(r"^FROM python:([0-9.]+)-", Path("Dockerfile").read_text(), flags=re.MULTILINE).group(1)
    assert {pins(environment)["python"] for environment in ENVIRONMENTS} == {container}


@pytest.mark.parametrize(("rule", "environment", "scripts"), rules(), ids=lambda value: str(value)[:30])
def test_a_rule_imports_what_its_environment_has(rule, environment, scripts):
    needed = set().union(*(third_party(script) for script in scripts))
    assert {CONDA_NAMES.get(name, name) for name in needed} <= set(pins(Path("envs") / environment))


def test_the_lock_has_hashes_and_no_address():
    text = Path("requirements.lock").read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "index-url" not in text


def test_direct_requirements_are_locked():
    direct = re.findall(r"^([a-z0-9-]+)", Path("requirements.in").read_text(), flags=re.MULTILINE)
    assert set(direct) <= set(locked())
