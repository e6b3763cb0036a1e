import pytest
from report.rule_graph import picture

GRAPH = """flowchart TB
	id0[all]
	id1[train]
	id2[collect_table]
	id3[plot_one]
	id4[plot_two]
	id5[draw]
	id6[fit]
	style id0 fill:#D95757
	id5 --> id1
	id5 --> id2
	id1 --> id2
	id2 --> id3
	id2 --> id4
	id2 --> id6
	id6 --> id2
	id3 --> id0
	id4 --> id0
"""


def test_figures_are_one_rule_and_implied_edges_are_gone():
    assert picture(GRAPH).splitlines()[2:-1] == [
        "  collect_table --> fit",
        "  collect_table --> plot_figures",
        "  draw --> train",
        "  fit --> collect_table",
        "  train --> collect_table",
    ]


def test_what_is_no_graph_is_refused():
    with pytest.raises(ValueError, match="no edges"):
        picture("Building DAG of jobs...")
