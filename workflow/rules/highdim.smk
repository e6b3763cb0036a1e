# Logistic regression in high dimension: no data file, every job draws the points it needs in chunks.
HIGHDIM_RUNS = [run["run"] for run in SECTIONS["highdim"]]
ATTACKED_HIGHDIM_RUNS = [name for name in HIGHDIM_RUNS if RUNS[name]["attack_n_steps"] > 0]
POPULATION = ("d", "n_pos", "n_neg", "s_pos", "s_neg", "gamma", "n_seeds")

PARTS["curves"] += expand("<results>/highdim/runs/{run}/curves.parquet", run=HIGHDIM_RUNS)
PARTS["curves"] += expand("<results>/highdim/runs/{run}/adversarial.parquet", run=ATTACKED_HIGHDIM_RUNS)
PARTS["times"] += expand("<results>/highdim/runs/{run}/times.parquet", run=HIGHDIM_RUNS)
PARTS["bounds"] += expand("<results>/highdim/runs/{run}/summary.parquet", run=HIGHDIM_RUNS)
PARTS["provenance"] += expand("<results>/highdim/runs/{run}/provenance.json", run=HIGHDIM_RUNS)
PARTS["provenance"] += expand("<results>/highdim/runs/{run}/evaluation_provenance.json", run=HIGHDIM_RUNS)
PARTS["provenance"] += expand("<results>/highdim/runs/{run}/attack_provenance.json", run=ATTACKED_HIGHDIM_RUNS)


rule train_highdim:
    input:
        code=code("train_highdim.py"),
    output:
        trajectory="<results>/highdim/runs/{run}/trajectory.npz",
        provenance="<results>/highdim/runs/{run}/provenance.json",
    log:
        "<logs>/train_highdim/{run}.log",
    benchmark:
        "<benchmarks>/train_highdim/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(2600),
        runtime=60,
    params:
        run=only(*POPULATION, "eta", "bias", "horizon", "max_chaotic"),
        seed=config["seed"],
    message:
        "Train logistic regression in high dimension for run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} "
        "--trajectory {output.trajectory} --provenance {output.provenance} 2> {log}"


rule evaluate_highdim:
    input:
        code=code("evaluate_highdim.py"),
        trajectory="<results>/highdim/runs/{run}/trajectory.npz",
    output:
        curves="<results>/highdim/runs/{run}/curves.parquet",
        times="<results>/highdim/runs/{run}/times.parquet",
        summary="<results>/highdim/runs/{run}/summary.parquet",
        provenance="<results>/highdim/runs/{run}/evaluation_provenance.json",
    log:
        "<logs>/evaluate_highdim/{run}.log",
    benchmark:
        "<benchmarks>/evaluate_highdim/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=30,
    params:
        run=only(*POPULATION, "horizon", "n_snapshots", "alpha", "n_test", "eps"),
        seed=config["seed"],
    message:
        "Evaluate the snapshots of run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --trajectory {input.trajectory} "
        "--curves {output.curves} --times {output.times} --summary {output.summary} "
        "--provenance {output.provenance} 2> {log}"


rule attack_highdim:
    input:
        code=code("attack_highdim.py"),
        trajectory="<results>/highdim/runs/{run}/trajectory.npz",
    output:
        curves="<results>/highdim/runs/{run}/adversarial.parquet",
        provenance="<results>/highdim/runs/{run}/attack_provenance.json",
    log:
        "<logs>/attack_highdim/{run}.log",
    benchmark:
        "<benchmarks>/attack_highdim/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=30,
    params:
        run=only("d", "gamma", "n_seeds", "n_snapshots", "n_test", "attack_eps", "attack_step", "attack_n_steps"),
        seed=config["seed"],
    message:
        "Attack the snapshots of run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --trajectory {input.trajectory} "
        "--curves {output.curves} --provenance {output.provenance} 2> {log}"
