"""Plot one figure from the tables.

In: the figure's name (a module of scripts/figures) and tables (Parquet). Out: the figure as PDF and PNG; digests of
tables and code and the libraries' versions are in the metadata entry "Keywords".
"""

import argparse
import importlib
from pathlib import Path

import matplotlib.pyplot as plt
from figures.metadata import provenance
from figures.style import fix_layout, set_style
from grokking.results.files import complete_or_absent, read_parquet


def main() -> None:
    """Read the arguments, draw, save both formats; the same tables give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figure", required=True)
    parser.add_argument("--tables", nargs="+", required=True)
    parser.add_argument("--pdf", required=True)
    parser.add_argument("--png", required=True)
    args = parser.parse_args()
    set_style()
    figure = importlib.import_module(f"figures.{args.figure}").draw(
        {Path(path).stem: read_parquet(path).to_pandas() for path in args.tables}
    )
    fix_layout(figure)
    facts = {"Title": args.figure, "Keywords": provenance(args.tables)}
    for path, form, left_out in ((args.pdf, "pdf", "CreationDate"), (args.png, "png", "Software")):
        with complete_or_absent(path) as temporary:
            figure.savefig(temporary, format=form, metadata=facts | {left_out: None})
    plt.close(figure)


if __name__ == "__main__":
    main()
