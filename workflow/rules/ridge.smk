# Ridge regression over fixed features: every run in closed form, on data that is drawn once for all that use it.
RIDGE_RUNS = [run["run"] for run in SECTIONS["ridge"]]
SURROGATE_RUNS = [name for name in RIDGE_RUNS if RUNS[name]["surrogate_points"] > 0]
# What a job of training depends on; of surrogate accuracy: this, and what it takes to draw the features again.
RIDGE = "features n eta weight_decay nu2 init_variance unseen_scale teacher_scale noise_std eps horizon n_seeds".split()

for run in RIDGE_RUNS:
    parts, place = PARTS[RUNS[run]["experiment"]], f"<results>/ridge/runs/{run}"
    for table in ("curves", "times", "bounds"):
        parts[table].append(f"{place}/{table}.parquet")
    parts["provenance"] += [f"<results>/ridge/data/{RUNS[run]['dataset']}.json", f"{place}/provenance.json"]
    if run in SURROGATE_RUNS:
        parts["curves"].append(f"{place}/surrogate_accuracy.parquet")
        parts["provenance"].append(f"{place}/surrogate_provenance.json")


rule draw_ridge_data:
    input:
        code=code("draw_ridge_data.py"),
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
    params:
        dataset=lambda wildcards: json.dumps(DRAWN["ridge"][wildcards.dataset], sort_keys=True),
        seed=config["seed"],
    message:
        "Draw the ridge data set {wildcards.dataset}"
    shell:
        "python {input.code[0]} --dataset {params.dataset:q} --seed {params.seed} "
        "--data {output.data} --provenance {output.provenance} 2> {log}"


rule train_ridge:
    input:
        code=code("train_ridge.py"),
        data=ridge_data,
    output:
        curves="<results>/ridge/runs/{run}/curves.parquet",
        times="<results>/ridge/runs/{run}/times.parquet",
        bounds="<results>/ridge/runs/{run}/bounds.parquet",
        provenance="<results>/ridge/runs/{run}/provenance.json",
    log:
        "<logs>/train_ridge/{run}.log",
    benchmark:
        "<benchmarks>/train_ridge/{run}.tsv"
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    params:
        run=only(*RIDGE),
        seed=config["seed"],
    message:
        "Train ridge regression for run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--curves {output.curves} --times {output.times} --bounds {output.bounds} "
        "--provenance {output.provenance} 2> {log}"


rule measure_surrogate_accuracy:
    input:
        code=code("measure_surrogate_accuracy.py"),
        data=ridge_data,
    output:
        curves="<results>/ridge/runs/{run}/surrogate_accuracy.parquet",
        provenance="<results>/ridge/runs/{run}/surrogate_provenance.json",
    log:
        "<logs>/measure_surrogate_accuracy/{run}.log",
    benchmark:
        "<benchmarks>/measure_surrogate_accuracy/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=15,
    params:
        run=only(*RIDGE, "m", "d", "teacher", "sigma2", "surrogate_points"),
        seed=config["seed"],
    message:
        "Measure the surrogate accuracy of run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --data {input.data} "
        "--curves {output.curves} --provenance {output.provenance} 2> {log}"
