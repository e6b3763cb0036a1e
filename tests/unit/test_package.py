"""The package `grokking` as others install it: its contents, its examples, what it needs, its version."""

import ast
import os
import re
import subprocess
import sys
import tomllib

import grokking.api
import yaml
from checkout import ROOT
from packaging.requirements import Requirement
from test_environments import locked

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
README = (ROOT / "README.md").read_text()
PYPI_NAMES = {"yaml": "pyyaml", "sklearn": "scikit-learn"}  # module: PyPI package


def needed(requirements: list[str]) -> dict[str, Requirement]:
    return {requirement.name: requirement for requirement in map(Requirement, requirements)}


def example_code() -> str:
    """The examples of the README."""
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    return block.strip()


def test_installed_it_is_one_package_whose_examples_run(tmp_path):
    """The reduced model's T_te is near that of the run; t2 grows as 1/lambda."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", tmp_path, ROOT]
    subprocess.run(pip, check=True)
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".dist-info")] == ["grokking"]

    def printed(*arguments: str) -> str:
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout

    def numbers(text: str) -> list[float]:
        return [float(number) for number in re.findall(r"\b\d[\d.]*(?:e-\d+)?", text)]

    exact, run, theory = map(numbers, printed("-c", example_code()).splitlines())
    assert exact[:2] == [206, 11597]
    assert abs(run[0] / theory[0] - 1) < 0.15
    table = numbers(printed(str(ROOT / "examples/custom_run.py")))
    products = [round(weight_decay * t2, 3) for weight_decay, t2 in zip(table[::4], table[2::4], strict=True)]
    assert len(set(products)) == 1
    assert len(products) == 3


def test_examples_are_short():
    imports, *examples = example_code().split("\n\n")
    assert imports == "from grokking import api"
    assert len(examples) == 3
    assert max(len(example.splitlines()) for example in examples) <= 5


def test_the_page_of_the_package_has_the_names_of_its_public_face():
    page = (ROOT / "docs/package.md").read_text()
    assert sorted(re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)) == sorted(grokking.api.__all__)


def test_a_release_has_one_version_and_date():
    changed = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert changed.groups() == (PROJECT["version"], cited["date-released"])
    assert cited["version"] == PROJECT["version"]
    assert f"release {PROJECT['version']} " in README


def test_what_is_imported_is_required_and_no_more():
    modules = [ast.parse(path.read_text()) for path in (ROOT / "scripts/grokking").rglob("*.py")]
    nodes = [node for module in modules for node in ast.walk(module)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    roots = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"grokking"}
    required = needed(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["real"])
    assert {PYPI_NAMES.get(name, name) for name in roots} == set(required)


def test_the_versions_of_the_lock_are_admitted():
    required = needed(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["real"])
    assert [name for name, one in required.items() if locked()[name] not in one.specifier] == []
