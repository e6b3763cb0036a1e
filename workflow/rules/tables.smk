# The tables in results/tables: rows of all jobs brought together, and the fits of times against parameters.
RIDGE_RUNS = [name for name, run in RUNS.items() if run["model"] == "ridge"]
SURROGATE_RUNS = [name for name in RIDGE_RUNS if RUNS[name]["surrogate_points"] > 0]
PARTS = {
    "runs": ["<results>/ridge/runs.parquet"],
    "curves": expand("<results>/ridge/runs/{run}/curves.parquet", run=RIDGE_RUNS)
    + expand("<results>/ridge/runs/{run}/surrogate_accuracy.parquet", run=SURROGATE_RUNS),
    "times": expand("<results>/ridge/runs/{run}/times.parquet", run=RIDGE_RUNS),
    "bounds": expand("<results>/ridge/runs/{run}/bounds.parquet", run=RIDGE_RUNS),
    "fits": ["<results>/fits.parquet"],
    "claims": ["<results>/claims.parquet"],
    "provenance": expand("<results>/ridge/data/{dataset}.json", dataset=DATASETS)
    + expand("<results>/ridge/runs/{run}/provenance.json", run=RIDGE_RUNS),
}


rule list_ridge_runs:
    input:
        code=code("list_runs.py"),
    output:
        runs="<results>/ridge/runs.parquet",
    log:
        "<logs>/list_ridge_runs.log",
    benchmark:
        "<benchmarks>/list_ridge_runs.tsv"
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=400,
        runtime=5,
    params:
        runs=json.dumps([RUNS[name] for name in RIDGE_RUNS], sort_keys=True),
    message:
        "List the ridge runs"
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
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    message:
        "Collect the table {wildcards.table}"
    shell:
        "python {input.code[0]} --parts {input.parts} --schema {input.schema} --table {wildcards.table} "
        "--out {output.table} 2> {log}"


rule fit_times:
    input:
        code=code("fit_times.py"),
        runs="<results>/tables/runs.parquet",
        times="<results>/tables/times.parquet",
    output:
        fits="<results>/fits.parquet",
    log:
        "<logs>/fit_times.log",
    benchmark:
        "<benchmarks>/fit_times.tsv"
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    params:
        seed=config["seed"],
    message:
        "Fit times against the swept parameters"
    shell:
        "python {input.code[0]} --runs {input.runs} --times {input.times} --seed {params.seed} "
        "--out {output.fits} 2> {log}"
