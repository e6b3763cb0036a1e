# Reproduction of two papers on grokking in linear models. `snakemake --cores 8` rebuilds every table and figure.
from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/ridge.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"


rule all:
    default_target: True
    input:
        tables=expand(RESULTS + "/tables/{table}.parquet", table=TABLES),
        figures=expand(RESULTS + "/figures/{figure}.{format}", figure=FIGURES, format=["pdf", "png"]),
        claims=RESULTS + "/claims.md",


onsuccess:
    print(f"Done: verdicts in {RESULTS}/claims.md, figures in {RESULTS}/figures, tables in {RESULTS}/tables.")
