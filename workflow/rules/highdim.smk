# Logistic regression in high dimension: no data file, every job draws the points it needs in chunks. All runs on a data set are evaluated in one stream.
HIGHDIM_RUNS = SECTIONS["highdim"]
SUM_RUNS = [run["run"] for run in HIGHDIM_RUNS if run["reduction"] == "sum"]
# By mean loss every step of this run is executed in `verify`: with as few points a dimension as the smallest of the configuration.
EXECUTED = {
    "run": "highdim-executed-mean",
    "d": 64,
    "n_pos": 938,
    "n_neg": 938,
    "gamma": 1.0e-3,
    "eta": 0.01,
    "degree": 64,
}
EXECUTED["horizon"] = min(10**7, max(run["horizon"] for run in HIGHDIM_RUNS))
for stream, runs in STREAMS.items():
    for seed in replicates(runs):
        parts, place = PARTS[runs[0]["experiment"]], f"<results>/highdim/streams/{stream}/{seed}"
        parts["bounds"].append(f"{place}/certificate.parquet")
        parts["provenance"].append(f"{place}/provenance.json")
for population, runs in ON_POPULATIONS.items():
    for seed in replicates(runs):
        place = f"<results>/highdim/data/{population}/{seed}"
        for parts in [PARTS[experiment] for experiment in dict.fromkeys(run["experiment"] for run in runs)]:
            parts["curves"].append(f"{place}/curves.parquet")
            parts["times"].append(f"{place}/times.parquet")
            parts["bounds"].append(f"{place}/summary.parquet")
            parts["provenance"].append(f"{place}/provenance.json")
for run in predicted(HIGHDIM_RUNS):
    PARTS[RUNS[run]["experiment"]]["theory"].append(f"<results>/highdim/runs/{run}/theory.parquet")
for run in SUM_RUNS:
    PARTS[RUNS[run]["experiment"]]["provenance"].append(f"<results>/highdim/runs/{run}/provenance.json")


rule train_highdim:
    input:
        code=code("train_highdim.py"),
        recipe=recipe(
            "highdim/runs/{run}/trajectory.npz",
            "train_highdim.py",
            run=only(*POPULATION, "n_seeds", "eta", "bias", "horizon", "max_chaotic"),
            seed=config["seed"],
        ),
    output:
        trajectory="<results>/highdim/runs/{run}/trajectory.npz",
        provenance="<results>/highdim/runs/{run}/provenance.json",
    log:
        "<logs>/train_highdim/{run}.log",
    benchmark:
        "<benchmarks>/train_highdim/{run}.tsv"
    priority: LONGEST
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(2600),
        runtime=60,
    message:
        "Train logistic regression in high dimension for run {wildcards.run}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --trajectory {output.trajectory} "
        "--provenance {output.provenance} 2> {log}"


rule train_highdim_mean:
    input:
        code=code("train_highdim_mean.py"),
        recipe=recipe(
            "highdim/streams/{stream}/{replicate}/trajectory.npz",
            "train_highdim_mean.py",
            run=streamed,
            replicate=replicate,
            seed=config["seed"],
        ),
    output:
        trajectory="<results>/highdim/streams/{stream}/{replicate}/trajectory.npz",
        certificate="<results>/highdim/streams/{stream}/{replicate}/certificate.parquet",
        provenance="<results>/highdim/streams/{stream}/{replicate}/provenance.json",
    log:
        "<logs>/train_highdim_mean/{stream}-{replicate}.log",
    benchmark:
        "<benchmarks>/train_highdim_mean/{stream}-{replicate}.tsv"
    wildcard_constraints:
        stream=one_of(STREAMS),
        replicate=r"\d+",
    priority: LONGEST
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(1400),
        runtime=30,
    params:
        checkpoint=lambda wildcards, output: f"{output.trajectory}.checkpoint",
    message:
        "Train by mean loss in high dimension seed {wildcards.replicate} of {wildcards.stream}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --checkpoint {params.checkpoint} "
        "--trajectory {output.trajectory} --certificate {output.certificate} --provenance {output.provenance} 2> {log}"


rule evaluate_highdim:
    input:
        code=code("evaluate_highdim.py"),
        recipe=recipe(
            "highdim/data/{population}/{replicate}/curves.parquet",
            "evaluate_highdim.py",
            reads={"trajectories": trained_on},
            run=evaluated,
            replicate=replicate,
            seed=config["seed"],
        ),
        trajectories=trained_on,
    output:
        curves="<results>/highdim/data/{population}/{replicate}/curves.parquet",
        times="<results>/highdim/data/{population}/{replicate}/times.parquet",
        summary="<results>/highdim/data/{population}/{replicate}/summary.parquet",
        provenance="<results>/highdim/data/{population}/{replicate}/provenance.json",
    log:
        "<logs>/evaluate_highdim/{population}-{replicate}.log",
    benchmark:
        "<benchmarks>/evaluate_highdim/{population}-{replicate}.tsv"
    wildcard_constraints:
        population=one_of(ON_POPULATIONS),
        replicate=r"\d+",
    priority: LONGEST
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=30,
    message:
        "Evaluate and attack the snapshots of seed {wildcards.replicate} of {wildcards.population}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--summary {output.summary} --provenance {output.provenance} 2> {log}"


rule predict_highdim:
    input:
        code=code("predict_highdim.py"),
        recipe=recipe(
            "highdim/runs/{run}/theory.parquet",
            "predict_highdim.py",
            run=only("d", "n_pos", "n_neg", "gamma", "alpha", "bias", "eta", "horizon", "n_snapshots"),
        ),
    output:
        theory="<results>/highdim/runs/{run}/theory.parquet",
    log:
        "<logs>/predict_highdim/{run}.log",
    benchmark:
        "<benchmarks>/predict_highdim/{run}.tsv"
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(400),
        runtime=5,
    message:
        "Predict from the law of the data alone {wildcards.run}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --theory {output.theory} 2> {log}"
