# The tables in results/tables: rows of all jobs brought together, and the fits of times against parameters.
RIDGE_RUNS = [name for name, run in RUNS.items() if run["model"] == "ridge"]


def surrogate_runs():
    return [name for name in RIDGE_RUNS if RUNS[name]["surrogate_points"] > 0]


PARTS = {
    "runs": [RESULTS + "/ridge/runs.parquet"],
    "curves": expand(RESULTS + "/ridge/runs/{run}/curves.parquet", run=RIDGE_RUNS)
    + expand(RESULTS + "/ridge/runs/{run}/surrogate_accuracy.parquet", run=surrogate_runs()),
    "times": expand(RESULTS + "/ridge/runs/{run}/times.parquet", run=RIDGE_RUNS),
    "bounds": expand(RESULTS + "/ridge/runs/{run}/bounds.parquet", run=RIDGE_RUNS),
    "fits": [RESULTS + "/fits.parquet"],
    "claims": [RESULTS + "/claims.parquet"],
    "provenance": expand(RESULTS + "/ridge/data/{dataset}.json", dataset=DATASETS)
    + expand(RESULTS + "/ridge/runs/{run}/provenance.json", run=RIDGE_RUNS),
}


rule list_ridge_runs:
    message: "List the ridge runs"
    input:
        code=code("list_runs.py"),
    output:
        runs=RESULTS + "/ridge/runs.parquet",
    log:
        RESULTS + "/logs/list_ridge_runs.log",
    benchmark:
        RESULTS + "/benchmarks/list_ridge_runs.tsv"
    params:
        runs=json.dumps([RUNS[name] for name in RIDGE_RUNS], sort_keys=True),
    threads: 1
    resources:
        mem_mb=400,
        runtime=5,
    conda:
        "../../envs/tables.yaml"
    shell:
        "python {input.code[0]} --runs {params.runs:q} --out {output.runs} 2> {log}"


rule collect_table:
    message: "Collect the table {wildcards.table}"
    input:
        code=code("collect_table.py"),
        parts=lambda wildcards: PARTS[wildcards.table],
        schema="workflow/schemas/tables.yaml",
    output:
        table=RESULTS + "/tables/{table}.parquet",
    log:
        RESULTS + "/logs/collect_table/{table}.log",
    benchmark:
        RESULTS + "/benchmarks/collect_table/{table}.tsv"
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    conda:
        "../../envs/tables.yaml"
    shell:
        "python {input.code[0]} --parts {input.parts} --schema {input.schema} --table {wildcards.table} "
        "--out {output.table} 2> {log}"


rule fit_times:
    message: "Fit times against the swept parameters"
    input:
        code=code("fit_times.py"),
        runs=RESULTS + "/tables/runs.parquet",
        times=RESULTS + "/tables/times.parquet",
    output:
        fits=RESULTS + "/fits.parquet",
    log:
        RESULTS + "/logs/fit_times.log",
    benchmark:
        RESULTS + "/benchmarks/fit_times.tsv"
    params:
        seed=config["seed"],
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    conda:
        "../../envs/tables.yaml"
    shell:
        "python {input.code[0]} --runs {input.runs} --times {input.times} --seed {params.seed} "
        "--out {output.fits} 2> {log}"
