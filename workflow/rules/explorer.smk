# The page to explore, one file for a browser. Which tables and experiments it shows, scripts/explorer/page.py says.
EXPLORED = figure_of(ROOT / "scripts/explorer/page.py")
EXPLORED_DATA = expand("<results>/ridge/data/{dataset}.npz", dataset=ridge_datasets("figure2")[:1])
EXPLORED_PARTS = parts_of(experiments_of(EXPLORED, EXPERIMENTS), EXPLORED.reads)


rule write_explorer:
    input:
        code=code("write_explorer.py"),
        recipe=recipe(
            "explore.html",
            "write_explorer.py",
            reads={"schema": [SCHEMA], "parts": files(EXPLORED_PARTS), "data": EXPLORED_DATA},
            of=labels(EXPLORED_PARTS),
        ),
        parts=files(EXPLORED_PARTS),
        schema=ancient(SCHEMA),
        data=EXPLORED_DATA,
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
    output:
        page=report(
            "<results>/explore.html",
            caption="../report/explore.rst",
            category="Explore",
            labels={"figure": "parameters to move"},
        ),
    log:
        "<logs>/write_explorer.log",
    benchmark:
        "<benchmarks>/write_explorer.tsv"
    localrule: True
    conda:
        "../../envs/explorer.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=5,
    message:
        "Write the page to explore"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --schema {input.schema} --claims {input.claims} "
        "--checks {input.checks} --out {output.page} 2> {log}"
