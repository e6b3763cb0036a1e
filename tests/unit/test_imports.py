import ast

from checkout import ROOT
from imports import code_files, imported_files


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def names(folder, script, monkeypatch):
    monkeypatch.chdir(folder)
    return code_files(folder, script)


def test_imports_are_followed_through_modules_and_cycles(tmp_path, monkeypatch):
    write(
        tmp_path,
        {
            "do.py": "import numpy\nfrom pack.a import f",
            "pack/a.py": "from pack import b",
            "pack/b.py": "def g():\n    import pack.a",
            "pack/unused.py": "",
        },
    )
    assert names(tmp_path, "do.py", monkeypatch) == ["do.py", "pack/a.py", "pack/b.py"]


def test_the_script_comes_first_whatever_it_imports(tmp_path, monkeypatch):
    write(tmp_path, {"z.py": "import a", "a.py": ""})
    assert names(tmp_path, "z.py", monkeypatch)[0] == "z.py"


def test_every_module_of_the_project_is_read_as_python_reads_it():
    for file in ROOT.joinpath("scripts").rglob("*.py"):
        statements = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Import)]
        froms = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
        names = {alias.name for node in statements for alias in node.names} | {node.module for node in froms}
        names |= {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
        paths = {ROOT.joinpath("scripts", *name.split(".")).with_suffix(".py") for name in names}
        assert set(imported_files(ROOT / "scripts", file)) == {path for path in paths if path.is_file()}, file
