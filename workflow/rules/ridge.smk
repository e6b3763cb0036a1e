# Ridge regression over fixed features: every run in closed form.
RIDGE_RUN = RESULTS + "/ridge/runs/{run}"


def ridge_data(wildcards):
    return f"{RESULTS}/ridge/data/{RUNS[wildcards.run]['dataset']}.npz"


rule train_ridge:
    message: "Train ridge regression for run {wildcards.run}"
    input:
        code=code("train_ridge.py"),
        data=ridge_data,
    output:
        curves=RIDGE_RUN + "/curves.parquet",
        times=RIDGE_RUN + "/times.parquet",
        bounds=RIDGE_RUN + "/bounds.parquet",
        provenance=RIDGE_RUN + "/provenance.json",
    log:
        RESULTS + "/logs/train_ridge/{run}.log",
    benchmark:
        RESULTS + "/benchmarks/train_ridge/{run}.tsv"
    params:
        run=parameters,
        seed=config["seed"],
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    conda:
        "../../envs/train.yaml"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--curves {output.curves} --times {output.times} --bounds {output.bounds} "
        "--provenance {output.provenance} 2> {log}"


rule measure_surrogate_accuracy:
    message: "Measure the surrogate accuracy of run {wildcards.run}"
    input:
        code=code("measure_surrogate_accuracy.py"),
        data=ridge_data,
    output:
        curves=RIDGE_RUN + "/surrogate_accuracy.parquet",
    log:
        RESULTS + "/logs/measure_surrogate_accuracy/{run}.log",
    benchmark:
        RESULTS + "/benchmarks/measure_surrogate_accuracy/{run}.tsv"
    params:
        run=parameters,
        seed=config["seed"],
    threads: 1
    resources:
        mem_mb=900,
        runtime=15,
    conda:
        "../../envs/train.yaml"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--curves {output.curves} 2> {log}"
