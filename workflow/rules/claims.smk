# The verdicts: each claim of workflow/claims.yaml against the tables.


rule judge_claims:
    input:
        code=code("judge_claims.py"),
        claims="workflow/claims.yaml",
        tables=expand("<results>/tables/{table}.parquet", table=["runs", "curves", "times", "bounds", "fits"]),
    output:
        claims="<results>/claims.parquet",
        text="<results>/claims.md",
        page=report(
            "<results>/claims.html",
            caption="../report/claims.rst",
            category="Claims and verdicts",
            labels={"figure": "every claim"},
        ),
    log:
        "<logs>/judge_claims.log",
    benchmark:
        "<benchmarks>/judge_claims.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Judge the papers' claims"
    shell:
        "python {input.code[0]} --claims {input.claims} --tables {input.tables} "
        "--out {output.claims} --text {output.text} --page {output.page} 2> {log}"
