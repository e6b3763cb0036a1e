# Two-layer ReLU networks, both layers trained. Points and initial parameters are drawn inside the jobs: they are cheap
# and come from their own random streams, so that a training job and its check see the same.
NETWORK_RUNS = [run["run"] for run in SECTIONS["networks"]]
NETWORK_CHECKS = config["networks"]["checks"]
NETWORK = "d n m eta weight_decay nu2 eps horizon points_per_decade n_seeds".split()  # what a job depends on

for run in NETWORK_RUNS:
    parts, place = PARTS[RUNS[run]["experiment"]], f"<results>/networks/runs/{run}"
    for table in ("curves", "times", "bounds"):
        parts[table].append(f"{place}/{table}.parquet")
    parts["provenance"].append(f"{place}/provenance.json")
    if run in NETWORK_CHECKS:
        parts["bounds"].append(f"{place}/check.parquet")
        parts["provenance"].append(f"{place}/check_provenance.json")


rule train_network:
    input:
        code=code("train_network.py"),
        recipe=recipe("networks/runs/{run}/curves.parquet", "train_network.py", run=only(*NETWORK), seed=config["seed"]),
    output:
        curves="<results>/networks/runs/{run}/curves.parquet",
        times="<results>/networks/runs/{run}/times.parquet",
        bounds="<results>/networks/runs/{run}/bounds.parquet",
        provenance="<results>/networks/runs/{run}/provenance.json",
    log:
        "<logs>/train_network/{run}.log",
    benchmark:
        "<benchmarks>/train_network/{run}.tsv"
    priority: LONG
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=30,
    message:
        "Train the two-layer networks of run {wildcards.run}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --provenance {output.provenance} 2> {log}"


rule check_network:
    input:
        code=code("check_network.py"),
        recipe=recipe("networks/runs/{run}/check.parquet", "check_network.py", run=only(*NETWORK), seed=config["seed"]),
        times="<results>/networks/runs/{run}/times.parquet",
    output:
        bounds="<results>/networks/runs/{run}/check.parquet",
        brute_force="<results>/networks/runs/{run}/brute_force.parquet",
        provenance="<results>/networks/runs/{run}/check_provenance.json",
    log:
        "<logs>/check_network/{run}.log",
    benchmark:
        "<benchmarks>/check_network/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=30,
    message:
        "Execute every step of one seed of run {wildcards.run}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --times {input.times} --bounds {output.bounds} "
        "--brute-force {output.brute_force} --provenance {output.provenance} 2> {log}"
