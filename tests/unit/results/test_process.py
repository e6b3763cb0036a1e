"""What a process of one stage is spared, seen from a script of its own."""

import json
import subprocess
import sys

from checkout import ROOT

SCRIPT = """
import sys
sys.path.insert(0, {scripts!r})
import grokking.results.process as process
import gc, json
import pyarrow as pa
{first}

class Stage:
    def main(self, description):
        table = pa.table({{"value": pa.array([1.0, 2.0])}})
        told = {{"pandas": "pandas" in sys.modules, "collects": gc.isenabled(), "kept": gc.get_freeze_count()}}
        import pandas as pd
        told["frame"] = table.to_pandas()["value"].tolist()
        told["columns"] = pa.array(pd.Series([1.0, None])).null_count if {columns} else None
        print(description, json.dumps(told), sep="")

process.run(Stage(), "")
"""


def told(first="", columns=False):
    """Return what a stage sees of its process; `first` is what its script has imported."""
    script = SCRIPT.format(scripts=str(ROOT / "scripts"), first=first, columns=columns)
    return json.loads(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout)


def test_a_stage_that_makes_tables_without_pandas_does_not_import_it_but_can():
    seen = told()
    assert not seen["pandas"]
    assert seen["frame"] == [1.0, 2.0]


def test_pandas_is_known_to_pyarrow_where_a_stage_imports_it():
    seen = told("import pandas", columns=True)
    assert seen["columns"] == 1


def test_garbage_is_collected_while_a_stage_runs_but_modules_are_not_looked_through():
    seen = told()
    assert seen["collects"]
    assert seen["kept"] > 1000
