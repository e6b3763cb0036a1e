# The tables in results/tables, and what is read from them: fits of times against parameters, and the verdicts.
PARTS["runs"] += expand("<results>/{section}/runs.parquet", section=SECTIONS)
PARTS["fits"] += ["<results>/fits.parquet"]
PARTS["readings"] += ["<results>/readings.parquet"]
PARTS["claims"] += ["<results>/claims.parquet"]
PARTS["checks"] += ["<results>/checks.parquet"]
JUDGED = ["runs", "curves", "times", "bounds", "fits", "theory", "readings"]  # tables that claims are measured on


rule list_runs:
    input:
        code=code("list_runs.py"),
    output:
        runs="<results>/{section}/runs.parquet",
    log:
        "<logs>/list_runs/{section}.log",
    benchmark:
        "<benchmarks>/list_runs/{section}.tsv"
    wildcard_constraints:
        section="|".join(SECTIONS),
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(400),
        runtime=5,
    params:
        runs=listed,
    message:
        "List the runs of the section {wildcards.section}"
    shell:
        "python {input.code[0]} --runs {params.runs:q} --out {output.runs} 2> {log}"


rule collect_table:
    input:
        code=code("collect_table.py"),
        parts=lambda wildcards: PARTS[wildcards.table],
        schema="workflow/schemas/tables.yaml",
    output:
        table="<results>/tables/{table}.parquet",
    log:
        "<logs>/collect_table/{table}.log",
    benchmark:
        "<benchmarks>/collect_table/{table}.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Collect the table {wildcards.table}"
    shell:
        "python {input.code[0]} --parts {input.parts} --schema {input.schema} --table {wildcards.table} "
        "--out {output.table} 2> {log}"


rule fit_times:
    input:
        code=code("fit_times.py"),
        tables=expand("<results>/tables/{table}.parquet", table=["runs", "times", "bounds"]),
    output:
        fits="<results>/fits.parquet",
    log:
        "<logs>/fit_times.log",
    benchmark:
        "<benchmarks>/fit_times.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    params:
        seed=config["seed"],
    message:
        "Fit times against the swept parameters"
    shell:
        "python {input.code[0]} --tables {input.tables} --seed {params.seed} --out {output.fits} 2> {log}"


rule score_readings:
    input:
        code=code("score_readings.py"),
        tables=expand("<results>/tables/{table}.parquet", table=["runs", "curves", "times", "bounds"]),
    output:
        readings="<results>/readings.parquet",
    log:
        "<logs>/score_readings.log",
    benchmark:
        "<benchmarks>/score_readings.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Score both readings of the logistic loss on the paper's numbers"
    shell:
        "python {input.code[0]} --tables {input.tables} --out {output.readings} 2> {log}"


rule judge_claims:
    input:
        code=code("judge_claims.py"),
        claims=claim_files(PAPERS),
        checks=claim_files(OWN),
        tables=expand("<results>/tables/{table}.parquet", table=JUDGED),
    output:
        claims="<results>/claims.parquet",
        checks="<results>/checks.parquet",
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
        "python {input.code[0]} --claims {input.claims} --checks {input.checks} --tables {input.tables} "
        "--out {output.claims} --out-checks {output.checks} 2> {log}"
