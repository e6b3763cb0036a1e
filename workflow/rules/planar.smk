# Logistic regression in two dimensions: data, training to any horizon, evaluation of its snapshots, attacks. Runs on the mean loss are flows, and one job
# does all of an experiment's; on the summed loss steps are executed, and a run is a job.
MEAN_JOBS = [job for job in JOBS if job.startswith("experiments/")]
ATTACKED_JOBS = [job for job, runs in JOBS.items() if runs[0]["attack_n_steps"] > 0]

for job, runs in JOBS.items():
    parts, place = PARTS[runs[0]["experiment"]], f"<results>/planar/{job}"
    for table in ("curves", "times", "bounds"):
        parts[table].append(f"{place}/{table}.parquet")
    parts["bounds"].append(f"{place}/certificate.parquet")
    parts["provenance"] += [file.replace(".parquet", ".json") for file in designs(runs)]
    parts["provenance"] += [f"{place}/provenance.json", f"{place}/evaluation_provenance.json"]
    if job in MEAN_JOBS:
        parts["theory"].append(f"{place}/theory.parquet")
    if job in ATTACKED_JOBS:
        parts["curves"].append(f"{place}/adversarial.parquet")
        parts["times"].append(f"{place}/attack_times.parquet")
        parts["provenance"].append(f"{place}/attack_provenance.json")


rule draw_planar_data:
    input:
        code=code("draw_planar_data.py"),
    output:
        data="<results>/planar/data/{design}.parquet",
        provenance="<results>/planar/data/{design}.json",
    log:
        "<logs>/draw_planar_data/{design}.log",
    benchmark:
        "<benchmarks>/draw_planar_data/{design}.tsv"
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    params:
        design=lambda wildcards: json.dumps(DRAWN["planar"][wildcards.design], sort_keys=True),
        seed=config["seed"],
    message:
        "Draw the data of the design {wildcards.design} in two dimensions"
    shell:
        "python {input.code[0]} --design {params.design:q} --seed {params.seed} "
        "--data {output.data} --provenance {output.provenance} 2> {log}"


rule train_planar:
    input:
        code=code("train_planar.py"),
        data=lambda wildcards: designs([RUNS[wildcards.run]]),
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
        run=only("dataset", "eta", "bias", "horizon", "n_seeds"),
        seed=config["seed"],
        checkpoint=lambda wildcards, output: f"{output.trajectory}.checkpoint",
    message:
        "Train logistic regression in two dimensions for run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--checkpoint {params.checkpoint} --save-every 60 --trajectory {output.trajectory} "
        "--certificate {output.certificate} --provenance {output.provenance} 2> {log}"


rule train_planar_flows:
    input:
        code=code("train_planar_flows.py"),
        data=planar_data,
    output:
        trajectory="<results>/planar/{job}/trajectory.parquet",
        certificate="<results>/planar/{job}/certificate.parquet",
        provenance="<results>/planar/{job}/provenance.json",
    log:
        "<logs>/train_planar_flows/{job}.log",
    benchmark:
        "<benchmarks>/train_planar_flows/{job}.tsv"
    wildcard_constraints:
        job="|".join(MEAN_JOBS),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    params:
        experiment=every("dataset", "eta", "bias", "b_0", "horizon", "n_seeds"),
        seed=config["seed"],
    message:
        "Train logistic regression in two dimensions, mean loss, for {wildcards.job}"
    shell:
        "python {input.code[0]} --experiment {params.experiment:q} --seed {params.seed} --data {input.data} "
        "--trajectory {output.trajectory} --certificate {output.certificate} --provenance {output.provenance} 2> {log}"


rule evaluate_planar:
    input:
        code=code("evaluate_planar.py"),
        data=planar_data,
        trajectory="<results>/planar/{job}/trajectory.parquet",
    output:
        curves="<results>/planar/{job}/curves.parquet",
        times="<results>/planar/{job}/times.parquet",
        bounds="<results>/planar/{job}/bounds.parquet",
        theory="<results>/planar/{job}/theory.parquet",
        provenance="<results>/planar/{job}/evaluation_provenance.json",
    log:
        "<logs>/evaluate_planar/{job}.log",
    benchmark:
        "<benchmarks>/evaluate_planar/{job}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    params:
        experiment=every(*MEASURED),
        seed=config["seed"],
    message:
        "Evaluate the snapshots of {wildcards.job}"
    shell:
        "python {input.code[0]} --experiment {params.experiment:q} --seed {params.seed} --data {input.data} "
        "--trajectory {input.trajectory} --curves {output.curves} --times {output.times} --bounds {output.bounds} "
        "--predicted {output.theory} --provenance {output.provenance} 2> {log}"


rule attack_planar:
    input:
        code=code("attack_planar.py"),
        data=planar_data,
        trajectory="<results>/planar/{job}/trajectory.parquet",
    output:
        curves="<results>/planar/{job}/adversarial.parquet",
        times="<results>/planar/{job}/attack_times.parquet",
        provenance="<results>/planar/{job}/attack_provenance.json",
    log:
        "<logs>/attack_planar/{job}.log",
    benchmark:
        "<benchmarks>/attack_planar/{job}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    params:
        experiment=every("dataset", "reduction", "horizon", "n_seeds", "attack_eps"),
        seed=config["seed"],
    message:
        "Attack the snapshots of {wildcards.job}"
    shell:
        "python {input.code[0]} --experiment {params.experiment:q} --seed {params.seed} --data {input.data} "
        "--trajectory {input.trajectory} --curves {output.curves} --times {output.times} "
        "--provenance {output.provenance} 2> {log}"
