from imports import code_files


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
