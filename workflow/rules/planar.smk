# Logistic regression in two dimensions: data, training to any horizon, evaluation of its snapshots, attacks.
PLANAR_RUNS = [run["run"] for run in SECTIONS["planar"]]
ATTACKED_RUNS = [name for name in PLANAR_RUNS if RUNS[name]["attack_n_steps"] > 0]

for table, part in [("curves", "curves"), ("times", "times"), ("bounds", "bounds"), ("bounds", "certificate")]:
    PARTS[table] += expand("<results>/planar/runs/{run}/{part}.parquet", run=PLANAR_RUNS, part=part)
PARTS["curves"] += expand("<results>/planar/runs/{run}/adversarial.parquet", run=ATTACKED_RUNS)
PARTS["provenance"] += expand("<results>/planar/data/{dataset}.json", dataset=DRAWN["planar"])
PARTS["provenance"] += expand("<results>/planar/runs/{run}/provenance.json", run=PLANAR_RUNS)
PARTS["provenance"] += expand("<results>/planar/runs/{run}/evaluation_provenance.json", run=PLANAR_RUNS)
PARTS["provenance"] += expand("<results>/planar/runs/{run}/attack_provenance.json", run=ATTACKED_RUNS)


rule draw_planar_data:
    input:
        code=code("draw_planar_data.py"),
    output:
        data="<results>/planar/data/{dataset}.parquet",
        provenance="<results>/planar/data/{dataset}.json",
    log:
        "<logs>/draw_planar_data/{dataset}.log",
    benchmark:
        "<benchmarks>/draw_planar_data/{dataset}.tsv"
    wildcard_constraints:
        dataset="|".join(DRAWN["planar"]),
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    params:
        dataset=lambda wildcards: json.dumps(DRAWN["planar"][wildcards.dataset], sort_keys=True),
        seed=config["seed"],
    message:
        "Draw the data set {wildcards.dataset} in two dimensions"
    shell:
        "python {input.code[0]} --dataset {params.dataset:q} --seed {params.seed} "
        "--data {output.data} --provenance {output.provenance} 2> {log}"


rule train_planar:
    input:
        code=code("train_planar.py"),
        data=planar_data,
    output:
        trajectory="<results>/planar/runs/{run}/trajectory.parquet",
        certificate="<results>/planar/runs/{run}/certificate.parquet",
        provenance="<results>/planar/runs/{run}/provenance.json",
    log:
        "<logs>/train_planar/{run}.log",
    benchmark:
        "<benchmarks>/train_planar/{run}.tsv"
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
        "Train logistic regression in two dimensions for run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--checkpoint {params.checkpoint} --save-every 60 --trajectory {output.trajectory} "
        "--certificate {output.certificate} --provenance {output.provenance} 2> {log}"


rule evaluate_planar:
    input:
        code=code("evaluate_planar.py"),
        data=planar_data,
        trajectory="<results>/planar/runs/{run}/trajectory.parquet",
    output:
        curves="<results>/planar/runs/{run}/curves.parquet",
        times="<results>/planar/runs/{run}/times.parquet",
        bounds="<results>/planar/runs/{run}/bounds.parquet",
        provenance="<results>/planar/runs/{run}/evaluation_provenance.json",
    log:
        "<logs>/evaluate_planar/{run}.log",
    benchmark:
        "<benchmarks>/evaluate_planar/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    params:
        run=only("eta", "bias", "horizon", "n_seeds", "gamma", "alpha", "s_pos", "s_neg", "eps"),
        seed=config["seed"],
    message:
        "Evaluate the snapshots of run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--trajectory {input.trajectory} --curves {output.curves} --times {output.times} --bounds {output.bounds} "
        "--provenance {output.provenance} 2> {log}"


rule attack_planar:
    input:
        code=code("attack_planar.py"),
        data=planar_data,
        trajectory="<results>/planar/runs/{run}/trajectory.parquet",
    output:
        curves="<results>/planar/runs/{run}/adversarial.parquet",
        provenance="<results>/planar/runs/{run}/attack_provenance.json",
    log:
        "<logs>/attack_planar/{run}.log",
    benchmark:
        "<benchmarks>/attack_planar/{run}.tsv"
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
