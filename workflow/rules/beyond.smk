# Beyond the papers: one job an experiment, which draws, trains and evaluates; its study says by which script.
STUDY_OF = {name: experiment["study"] for name, experiment in config["beyond"]["experiments"].items()}
REAL = [name for name, study in STUDY_OF.items() if study == "real-data"]

for experiment in STUDY_OF:
    for table in ("curves", "times", "bounds"):
        PARTS[experiment][table].append(f"<results>/beyond/{experiment}/{table}.parquet")
    PARTS[experiment]["provenance"].append(f"<results>/beyond/{experiment}/provenance.json")


rule train_beyond:
    input:
        code=ancient(lambda wildcards: code(script_of(wildcards))),
        recipe=recipe(
            "beyond/{experiment}/curves.parquet",
            script_of,
            experiment=lambda wildcards: together(*depends(STUDY_OF[wildcards.experiment]))(wildcards),
            seed=config["seed"],
        ),
    output:
        curves="<results>/beyond/{experiment}/curves.parquet",
        times="<results>/beyond/{experiment}/times.parquet",
        bounds="<results>/beyond/{experiment}/bounds.parquet",
        provenance="<results>/beyond/{experiment}/provenance.json",
    log:
        "<logs>/train_beyond/{experiment}.log",
    benchmark:
        "<benchmarks>/train_beyond/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(name for name in STUDY_OF if name not in REAL),
    priority: LONG
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Go beyond the papers: {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --provenance {output.provenance} 2> {log}"


# A rule of its own, as scikit-learn is in no other environment.
rule train_beyond_real:
    input:
        code=code("train_real_data.py"),
        recipe=recipe(
            "beyond/{experiment}/curves.parquet",
            "train_real_data.py",
            experiment=together(*depends("real-data")),
            seed=config["seed"],
        ),
    output:
        curves="<results>/beyond/{experiment}/curves.parquet",
        times="<results>/beyond/{experiment}/times.parquet",
        bounds="<results>/beyond/{experiment}/bounds.parquet",
        provenance="<results>/beyond/{experiment}/provenance.json",
    log:
        "<logs>/train_beyond_real/{experiment}.log",
    benchmark:
        "<benchmarks>/train_beyond_real/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(REAL),
    conda:
        "../../envs/real.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    message:
        "Go beyond the papers, real data: {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --provenance {output.provenance} 2> {log}"
