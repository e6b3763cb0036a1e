# The pages of docs/: one a paper, from the tables. `make docs` copies them there.
PAGES = sorted({run["paper"] for run in RUNS.values()})


rule write_page:
    input:
        code=code("write_page.py"),
        template="workflow/pages/{paper}.md",
        claims="<results>/tables/claims.parquet",
        runs="<results>/tables/runs.parquet",
        captions=lambda wildcards: expand(
            "workflow/report/{figure}.rst",
            figure=[figure for figure in FIGURES if figure.startswith(wildcards.paper)],
        ),
    output:
        page="<results>/pages/{paper}.md",
    log:
        "<logs>/write_page/{paper}.log",
    benchmark:
        "<benchmarks>/write_page/{paper}.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=5,
    message:
        "Write the page of the {wildcards.paper} paper"
    shell:
        "python {input.code[0]} --paper {wildcards.paper} --template {input.template} --claims {input.claims} "
        "--runs {input.runs} --captions {input.captions} --out {output.page} 2> {log}"
