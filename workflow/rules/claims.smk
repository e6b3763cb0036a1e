# The verdicts: each claim of workflow/claims.yaml against the tables.


rule judge_claims:
    message: "Judge the papers' claims"
    input:
        code=code("judge_claims.py"),
        claims="workflow/claims.yaml",
        tables=expand(RESULTS + "/tables/{table}.parquet", table=["runs", "curves", "times", "bounds", "fits"]),
    output:
        claims=RESULTS + "/claims.parquet",
        text=report(RESULTS + "/claims.md", caption="../report/claims.rst", category="Claims"),
    log:
        RESULTS + "/logs/judge_claims.log",
    benchmark:
        RESULTS + "/benchmarks/judge_claims.tsv"
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    conda:
        "../../envs/tables.yaml"
    shell:
        "python {input.code[0]} --claims {input.claims} --tables {input.tables} "
        "--out {output.claims} --text {output.text} 2> {log}"
