# Ridge regression over fixed features: every run in closed form, on data that is drawn once for all that use it. One job
# trains an experiment: a run alone takes less time than its start.
RIDGE_EXPERIMENTS = list(config["ridge"]["experiments"])
SURROGATE_RUNS = [run["run"] for run in SECTIONS["ridge"] if run["surrogate_points"] > 0]
# What a job of training depends on; of surrogate accuracy: this, and what it takes to draw the features again.
RIDGE = "dataset features n eta weight_decay nu2 init_variance unseen_scale teacher_scale noise_std eps".split()
RIDGE += ["horizon", "n_seeds"]

for experiment in RIDGE_EXPERIMENTS:
    parts, place = PARTS[experiment], f"<results>/ridge/experiments/{experiment}"
    for table in ("curves", "times", "bounds"):
        parts[table].append(f"{place}/{table}.parquet")
    parts["provenance"] += [f"<results>/ridge/data/{name}.json" for name in ridge_datasets(experiment)]
    parts["provenance"].append(f"{place}/provenance.json")
for run in SURROGATE_RUNS:
    parts, place = PARTS[RUNS[run]["experiment"]], f"<results>/ridge/runs/{run}"
    parts["curves"].append(f"{place}/surrogate_accuracy.parquet")
    parts["provenance"].append(f"{place}/surrogate_provenance.json")


rule draw_ridge_data:
    input:
        code=code("draw_ridge_data.py"),
        recipe=recipe(
            "ridge/data/{dataset}.npz",
            "draw_ridge_data.py",
            dataset=lambda wildcards: DRAWN["ridge"][wildcards.dataset],
            seed=config["seed"],
        ),
    output:
        data="<results>/ridge/data/{dataset}.npz",
        provenance="<results>/ridge/data/{dataset}.json",
    log:
        "<logs>/draw_ridge_data/{dataset}.log",
    benchmark:
        "<benchmarks>/draw_ridge_data/{dataset}.tsv"
    priority: LONG
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    message:
        "Draw the ridge data set {wildcards.dataset}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --data {output.data} --provenance {output.provenance} 2> {log}"


rule train_ridge:
    input:
        code=code("train_ridge.py"),
        recipe=recipe(
            "ridge/experiments/{experiment}/curves.parquet",
            "train_ridge.py",
            reads={"data": ridge_data},
            experiment=together(*RIDGE),
            seed=config["seed"],
        ),
        data=ridge_data,
    output:
        curves="<results>/ridge/experiments/{experiment}/curves.parquet",
        times="<results>/ridge/experiments/{experiment}/times.parquet",
        bounds="<results>/ridge/experiments/{experiment}/bounds.parquet",
        provenance="<results>/ridge/experiments/{experiment}/provenance.json",
    log:
        "<logs>/train_ridge/{experiment}.log",
    benchmark:
        "<benchmarks>/train_ridge/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(RIDGE_EXPERIMENTS),
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Train ridge regression for {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --provenance {output.provenance} 2> {log}"


rule measure_surrogate_accuracy:
    input:
        code=code("measure_surrogate_accuracy.py"),
        recipe=recipe(
            "ridge/runs/{run}/surrogate_accuracy.parquet",
            "measure_surrogate_accuracy.py",
            run=only(*RIDGE, "m", "d", "teacher", "sigma2", "surrogate_points"),
            seed=config["seed"],
        ),
        data=lambda wildcards: f"<results>/ridge/data/{RUNS[wildcards.run]['dataset']}.npz",
    output:
        curves="<results>/ridge/runs/{run}/surrogate_accuracy.parquet",
        provenance="<results>/ridge/runs/{run}/surrogate_provenance.json",
    log:
        "<logs>/measure_surrogate_accuracy/{run}.log",
    benchmark:
        "<benchmarks>/measure_surrogate_accuracy/{run}.tsv"
    wildcard_constraints:
        run=one_of(SURROGATE_RUNS),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    message:
        "Measure the surrogate accuracy of run {wildcards.run}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --data {input.data} --curves {output.curves} "
        "--provenance {output.provenance} 2> {log}"
