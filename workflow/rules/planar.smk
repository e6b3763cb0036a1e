# Logistic regression in two dimensions: data, training to any horizon, evaluation of its snapshots, attacks. Runs on the mean loss are flows, and one job
# trains all of an experiment's; on the summed loss steps are executed, and a run is a job. Evaluation and attacks are one job an experiment.
MEANS = [name for name, runs in PLANAR.items() if runs[0]["reduction"] == "mean"]
SUMS = [run["run"] for name, runs in PLANAR.items() if name not in MEANS for run in runs]
ATTACKED = [name for name, runs in PLANAR.items() if runs[0]["attack_n_steps"] > 0]

for name, runs in PLANAR.items():
    parts, place = PARTS[name], f"<results>/planar/experiments/{name}"
    trained = [place] if name in MEANS else [f"<results>/planar/runs/{run['run']}" for run in runs]
    for table in ("curves", "times", "bounds"):
        parts[table].append(f"{place}/{table}.parquet")
    parts["bounds"] += expand("{trained}/certificate.parquet", trained=trained)
    parts["provenance"] += [file.replace(".parquet", ".json") for file in designs(runs)]
    parts["provenance"] += [
        *expand("{trained}/provenance.json", trained=trained),
        f"{place}/evaluation_provenance.json",
    ]
    if name in MEANS:
        parts["theory"].append(f"{place}/theory.parquet")
    if name in ATTACKED:
        parts["curves"].append(f"{place}/adversarial.parquet")
        parts["times"].append(f"{place}/attack_times.parquet")
        parts["provenance"].append(f"{place}/attack_provenance.json")


rule draw_planar_data:
    input:
        code=code("draw_planar_data.py"),
        recipe=recipe(
            "planar/data/{design}.parquet",
            "draw_planar_data.py",
            design=lambda wildcards: DRAWN["planar"][wildcards.design],
            seed=config["seed"],
        ),
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
    message:
        "Draw the data of the design {wildcards.design} in two dimensions"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --data {output.data} --provenance {output.provenance} 2> {log}"


rule train_planar:
    input:
        code=code("train_planar.py"),
        recipe=recipe(
            "planar/runs/{run}/trajectory.parquet",
            "train_planar.py",
            run=only("dataset", "eta", "bias", "horizon", "n_seeds"),
            save_every=60,
            seed=config["seed"],
        ),
        data=lambda wildcards: designs([RUNS[wildcards.run]]),
    output:
        trajectory="<results>/planar/runs/{run}/trajectory.parquet",
        certificate="<results>/planar/runs/{run}/certificate.parquet",
        provenance="<results>/planar/runs/{run}/provenance.json",
    log:
        "<logs>/train_planar/{run}.log",
    benchmark:
        "<benchmarks>/train_planar/{run}.tsv"
    wildcard_constraints:
        run=one_of(SUMS),
    priority: LONG
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=60,
    params:
        checkpoint=lambda wildcards, output: f"{output.trajectory}.checkpoint",
    message:
        "Train logistic regression in two dimensions for run {wildcards.run}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --data {input.data} --checkpoint {params.checkpoint} "
        "--trajectory {output.trajectory} --certificate {output.certificate} --provenance {output.provenance} 2> {log}"


rule train_planar_flows:
    input:
        code=code("train_planar_flows.py"),
        recipe=recipe(
            "planar/experiments/{experiment}/trajectory.parquet",
            "train_planar_flows.py",
            reads={"data": planar_data},
            experiment=every("dataset", "eta", "bias", "b_0", "horizon", "n_seeds"),
            seed=config["seed"],
        ),
        data=planar_data,
    output:
        trajectory="<results>/planar/experiments/{experiment}/trajectory.parquet",
        certificate="<results>/planar/experiments/{experiment}/certificate.parquet",
        provenance="<results>/planar/experiments/{experiment}/provenance.json",
    log:
        "<logs>/train_planar_flows/{experiment}.log",
    benchmark:
        "<benchmarks>/train_planar_flows/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(MEANS),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Train logistic regression in two dimensions, mean loss, for {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --trajectory {output.trajectory} "
        "--certificate {output.certificate} --provenance {output.provenance} 2> {log}"


rule evaluate_planar:
    input:
        code=code("evaluate_planar.py"),
        recipe=recipe(
            "planar/experiments/{experiment}/curves.parquet",
            "evaluate_planar.py",
            reads={"data": planar_data, "trajectories": trained_as("trajectory.parquet")},
            experiment=every(*MEASURED),
            seed=config["seed"],
        ),
        data=planar_data,
        trajectories=trained_as("trajectory.parquet"),
    output:
        curves="<results>/planar/experiments/{experiment}/curves.parquet",
        times="<results>/planar/experiments/{experiment}/times.parquet",
        bounds="<results>/planar/experiments/{experiment}/bounds.parquet",
        theory="<results>/planar/experiments/{experiment}/theory.parquet",
        provenance="<results>/planar/experiments/{experiment}/evaluation_provenance.json",
    log:
        "<logs>/evaluate_planar/{experiment}.log",
    benchmark:
        "<benchmarks>/evaluate_planar/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(PLANAR),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    message:
        "Evaluate the snapshots of {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --predicted {output.theory} --provenance {output.provenance} 2> {log}"


rule attack_planar:
    input:
        code=code("attack_planar.py"),
        recipe=recipe(
            "planar/experiments/{experiment}/adversarial.parquet",
            "attack_planar.py",
            reads={"data": planar_data, "trajectories": trained_as("trajectory.parquet")},
            experiment=every("dataset", "reduction", "horizon", "n_seeds", "attack_eps"),
            seed=config["seed"],
        ),
        data=planar_data,
        trajectories=trained_as("trajectory.parquet"),
    output:
        curves="<results>/planar/experiments/{experiment}/adversarial.parquet",
        times="<results>/planar/experiments/{experiment}/attack_times.parquet",
        provenance="<results>/planar/experiments/{experiment}/attack_provenance.json",
    log:
        "<logs>/attack_planar/{experiment}.log",
    benchmark:
        "<benchmarks>/attack_planar/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(ATTACKED),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    message:
        "Attack the snapshots of {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--provenance {output.provenance} 2> {log}"
