# Beyond the ridge paper: networks of several depths, and other optimisers on figure 2's data. One job an experiment.
DEPTH_EXPERIMENTS = list(config["depth"]["experiments"])
OPTIMISER_EXPERIMENTS = list(config["optimisers"]["experiments"])
DEEP = "layers activation d n m eta weight_decay nu2 nu2_first eps horizon n_seeds".split()  # what a job depends on
OPTIMISED = "optimiser n m eta weight_decay eps horizon n_seeds".split()

for section, experiments in (("depth", DEPTH_EXPERIMENTS), ("optimisers", OPTIMISER_EXPERIMENTS)):
    for experiment in experiments:
        for table in ("curves", "times", "bounds"):
            PARTS[experiment][table].append(f"<results>/{section}/{experiment}/{table}.parquet")
        PARTS[experiment]["provenance"].append(f"<results>/{section}/{experiment}/provenance.json")


rule train_depth:
    input:
        code=code("train_depth.py"),
        recipe=recipe(
            "depth/{experiment}/curves.parquet", "train_depth.py", experiment=together(*DEEP), seed=config["seed"]
        ),
    output:
        curves="<results>/depth/{experiment}/curves.parquet",
        times="<results>/depth/{experiment}/times.parquet",
        bounds="<results>/depth/{experiment}/bounds.parquet",
        provenance="<results>/depth/{experiment}/provenance.json",
    log:
        "<logs>/train_depth/{experiment}.log",
    benchmark:
        "<benchmarks>/train_depth/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(DEPTH_EXPERIMENTS),
    priority: LONG
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Train the networks of {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --provenance {output.provenance} 2> {log}"


rule train_optimiser:
    input:
        code=code("train_optimiser.py"),
        recipe=recipe(
            "optimisers/{experiment}/curves.parquet",
            "train_optimiser.py",
            experiment=together(*OPTIMISED),
            seed=config["seed"],
        ),
    output:
        curves="<results>/optimisers/{experiment}/curves.parquet",
        times="<results>/optimisers/{experiment}/times.parquet",
        bounds="<results>/optimisers/{experiment}/bounds.parquet",
        provenance="<results>/optimisers/{experiment}/provenance.json",
    log:
        "<logs>/train_optimiser/{experiment}.log",
    benchmark:
        "<benchmarks>/train_optimiser/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(OPTIMISER_EXPERIMENTS),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Train by other rules: {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --provenance {output.provenance} 2> {log}"
