# Logistic regression in two dimensions: training with every step executed, evaluation of its snapshots, attacks.
LOGISTIC_RUNS = [run["run"] for run in SECTIONS["planar"]]
ATTACKED_RUNS = [name for name in LOGISTIC_RUNS if RUNS[name]["attack_n_steps"] > 0]

PARTS["curves"] += expand("<results>/logistic/runs/{run}/curves.parquet", run=LOGISTIC_RUNS)
PARTS["curves"] += expand("<results>/logistic/runs/{run}/adversarial.parquet", run=ATTACKED_RUNS)
PARTS["times"] += expand("<results>/logistic/runs/{run}/times.parquet", run=LOGISTIC_RUNS)
PARTS["bounds"] += expand("<results>/logistic/runs/{run}/certificate.parquet", run=LOGISTIC_RUNS)
PARTS["bounds"] += expand("<results>/logistic/runs/{run}/summary.parquet", run=LOGISTIC_RUNS)
PARTS["provenance"] += expand("<results>/logistic/data/{dataset}.json", dataset=DRAWN["planar"])
PARTS["provenance"] += expand("<results>/logistic/runs/{run}/provenance.json", run=LOGISTIC_RUNS)
PARTS["provenance"] += expand("<results>/logistic/runs/{run}/evaluation_provenance.json", run=LOGISTIC_RUNS)
PARTS["provenance"] += expand("<results>/logistic/runs/{run}/attack_provenance.json", run=ATTACKED_RUNS)


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
        mem_mb=megabytes(900),
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


rule evaluate_logistic:
    input:
        code=code("evaluate_logistic.py"),
        data=logistic_data,
        trajectory="<results>/logistic/runs/{run}/trajectory.parquet",
    output:
        series="<results>/logistic/runs/{run}/series.parquet",
        curves="<results>/logistic/runs/{run}/curves.parquet",
        times="<results>/logistic/runs/{run}/times.parquet",
        summary="<results>/logistic/runs/{run}/summary.parquet",
        provenance="<results>/logistic/runs/{run}/evaluation_provenance.json",
    log:
        "<logs>/evaluate_logistic/{run}.log",
    benchmark:
        "<benchmarks>/evaluate_logistic/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    params:
        run=only("eta", "bias", "horizon", "n_seeds", "eps"),
        seed=config["seed"],
    message:
        "Evaluate the snapshots of run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--trajectory {input.trajectory} --series {output.series} --curves {output.curves} --times {output.times} "
        "--summary {output.summary} --provenance {output.provenance} 2> {log}"


rule attack_logistic:
    input:
        code=code("attack_logistic.py"),
        data=logistic_data,
        trajectory="<results>/logistic/runs/{run}/trajectory.parquet",
    output:
        curves="<results>/logistic/runs/{run}/adversarial.parquet",
        provenance="<results>/logistic/runs/{run}/attack_provenance.json",
    log:
        "<logs>/attack_logistic/{run}.log",
    benchmark:
        "<benchmarks>/attack_logistic/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    params:
        run=only("n_seeds", "attack_eps", "attack_step", "attack_n_steps"),
        seed=config["seed"],
    message:
        "Attack the snapshots of run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--trajectory {input.trajectory} --curves {output.curves} --provenance {output.provenance} 2> {log}"
