"""Text is UTF-8 and not the locale's: whatever opens it says so. (scripts/grokking runs in jobs, which are told.)"""

import re

from checkout import ROOT

OPENS = re.compile(r"(?<![\w.])open\(|\.(?:open|read_text|write_text)\(")
BINARY = re.compile(r"""["'][rwa]b["']""")
FILES = [file for folder in ("scripts", "workflow", "benchmarks") for file in (ROOT / folder).rglob("*.*")]
FILES = [file for file in FILES if file.suffix in (".py", ".smk") and "grokking" not in file.parts]


def unsaid(text: str) -> list[str]:
    """Return the lines that open a file without a word on its encoding."""
    return [
        line.strip()
        for line in text.splitlines()
        if len(OPENS.findall(line)) > line.count("encoding=") + len(BINARY.findall(line))
    ]


def test_what_opens_text_names_its_encoding():
    assert {str(file): lines for file in FILES if (lines := unsaid(file.read_text(encoding="utf-8")))} == {}


def test_an_opening_without_encoding_is_found():
    texts = [
        "with open(file) as opened:",
        "file.read_text()",
        'path.open("w")',
        "temporary.write_text(json.dumps(row))",
    ]
    assert unsaid("\n".join(texts)) == texts
    assert unsaid('open(file, "rb")\nfile.read_text(encoding="utf-8")\nreopen(file)') == []
