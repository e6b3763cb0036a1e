# The tables of each paper and of all in results/tables, and what is read from them: fits of times against parameters, and the verdicts.
OF_RUNS = ["runs", "curves", "times", "bounds", "theory", "provenance"]  # tables that collect rows of runs
JUDGED = ["runs", "curves", "times", "bounds", "theory"]  # ... those that claims are measured on
SUMMARIES = {"ridge": ["fits"], "logistic": ["fits", "readings"]}  # paper: tables that are read from those of its runs
COLLECTED = {  # paper: parts of the tables of its runs
    paper: parts_of([name for name in EXPERIMENTS if PAPER_OF[name] == paper], OF_RUNS) for paper in PAGES
}
JOINED = [  # parts of the tables in results/tables
    (table, f"<results>/{paper}/tables/{table}.parquet")
    for table in TABLES
    for paper in PAGES
    if table in (*OF_RUNS, *SUMMARIES.get(paper, []), "claims", "checks")
]


rule collect_tables:
    input:
        code=code("collect_tables.py"),
        recipe=recipe(
            "{paper}/tables/runs.parquet",
            "collect_tables.py",
            reads={"schema": [SCHEMA], "parts": collected},
            of=lambda wildcards: labels(COLLECTED[wildcards.paper]),
            tables=OF_RUNS,
        ),
        parts=collected,
        schema=ancient(SCHEMA),
    output:
        tables=expand("<results>/{{paper}}/tables/{table}.parquet", table=OF_RUNS),
    log:
        "<logs>/collect_tables/{paper}.log",
    benchmark:
        "<benchmarks>/collect_tables/{paper}.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(1400),
        runtime=10,
    message:
        "Collect the tables of {wildcards.paper}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --schema {input.schema} --out {output.tables} 2> {log}"


rule fit_times:
    input:
        code=code("fit_times.py"),
        recipe=recipe("{paper}/tables/fits.parquet", "fit_times.py", seed=config["seed"]),
        tables=expand("<results>/{{paper}}/tables/{table}.parquet", table=["runs", "times", "bounds"]),
    output:
        fits="<results>/{paper}/tables/fits.parquet",
    log:
        "<logs>/fit_times/{paper}.log",
    benchmark:
        "<benchmarks>/fit_times/{paper}.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Fit times of {wildcards.paper} against the swept parameters"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --tables {input.tables} --out {output.fits} 2> {log}"


rule score_readings:
    input:
        code=code("score_readings.py"),
        recipe=recipe("logistic/tables/readings.parquet", "score_readings.py"),
        tables=expand("<results>/logistic/tables/{table}.parquet", table=["runs", "curves", "times", "bounds"]),
    output:
        readings="<results>/logistic/tables/readings.parquet",
    log:
        "<logs>/score_readings.log",
    benchmark:
        "<benchmarks>/score_readings.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(2000),
        runtime=10,
    message:
        "Score both readings of the logistic loss on the paper's numbers"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --tables {input.tables} --out {output.readings} 2> {log}"


rule judge_claims:
    input:
        code=code("judge_claims.py"),
        recipe=recipe(
            "{paper}/tables/claims.parquet",
            "judge_claims.py",
            reads={"claims": claimed, "checks": checked_on, "tables": judged},
            paper=lambda wildcards: wildcards.paper,
        ),
        claims=ancient(claimed),
        checks=ancient(checked_on),
        tables=judged,
    output:
        claims="<results>/{paper}/tables/claims.parquet",
        checks="<results>/{paper}/tables/checks.parquet",
    log:
        "<logs>/judge_claims/{paper}.log",
    benchmark:
        "<benchmarks>/judge_claims/{paper}.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(2400),
        runtime=10,
    message:
        "Judge the claims of {wildcards.paper}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --claims {input.claims} --checks {input.checks} "
        "--out {output.claims} --out-checks {output.checks} 2> {log}"


rule join_tables:
    input:
        code=code("collect_tables.py"),
        recipe=recipe(
            "tables/runs.parquet",
            "collect_tables.py",
            reads={"schema": [SCHEMA], "parts": files(JOINED)},
            of=labels(JOINED),
            tables=TABLES,
        ),
        parts=files(JOINED),
        schema=ancient(SCHEMA),
    output:
        tables=expand("<results>/tables/{table}.parquet", table=TABLES),
    log:
        "<logs>/join_tables.log",
    benchmark:
        "<benchmarks>/join_tables.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(1500),
        runtime=10,
    message:
        "Join the tables of all papers"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --schema {input.schema} --out {output.tables} 2> {log}"
