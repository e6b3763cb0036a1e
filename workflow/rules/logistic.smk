# Logistic regression in two dimensions: training with every step executed, evaluation of its snapshots, attacks.
LOGISTIC_RUNS = [name for name, run in RUNS.items() if run["model"] == "logistic"]

PARTS["bounds"] += expand("<results>/logistic/runs/{run}/certificate.parquet", run=LOGISTIC_RUNS)
PARTS["provenance"] += expand("<results>/logistic/data/{dataset}.json", dataset=LOGISTIC_DATA)
PARTS["provenance"] += expand("<results>/logistic/runs/{run}/provenance.json", run=LOGISTIC_RUNS)


rule train_logistic:
    input:
        code=code("train_logistic.py"),
        data=logistic_data,
    output:
        trajectory="<results>/logistic/runs/{run}/trajectory.parquet",
        certificate="<results>/logistic/runs/{run}/certificate.parquet",
        provenance="<results>/logistic/runs/{run}/provenance.json",
    log:
        "<logs>/train_logistic/{run}.log",
    benchmark:
        "<benchmarks>/train_logistic/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=900,
        runtime=60,
    params:
        run=only("eta", "bias", "horizon", "n_seeds"),
        seed=config["seed"],
        checkpoint=lambda wildcards, output: f"{output.trajectory}.checkpoint",
    message:
        "Train logistic regression for run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--checkpoint {params.checkpoint} --save-every 60 --trajectory {output.trajectory} "
        "--certificate {output.certificate} --provenance {output.provenance} 2> {log}"
