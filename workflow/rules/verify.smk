# Plain gradient descent with every step executed, against logistic runs and networks: `verify` asks for it, `all` only for
# that of the networks that are quick to execute (`networks.checks`).
BRUTE_FORCE = expand(
    "<results>/networks/runs/{run}/brute_force.parquet", run=NETWORK_CHECKS + config["networks"]["verified"]
)
BRUTE_FORCE += expand("<results>/planar/experiments/{name}/brute_force.parquet", name=PLANAR)
# At d = 1024 every step of one seed to 1e7 takes most of an hour: one run, to 1e6, stands for the others.
BRUTE_FORCE += expand("<results>/highdim/runs/{run}/brute_force.parquet", run=SUM_RUNS[:1])
BRUTE_FORCE += ["<results>/highdim/brute_force_mean.parquet"]


rule collect_brute_force:
    input:
        code=code("collect_tables.py"),
        recipe=recipe(
            "tables/brute_force.parquet",
            "collect_tables.py",
            reads={"schema": [SCHEMA], "parts": BRUTE_FORCE},
            of=["brute_force"] * len(BRUTE_FORCE),
            tables=["brute_force"],
        ),
        parts=BRUTE_FORCE,
        schema=ancient(SCHEMA),
    output:
        table="<results>/tables/brute_force.parquet",
    log:
        "<logs>/collect_brute_force.log",
    benchmark:
        "<benchmarks>/verify/collect_brute_force.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(400),
        runtime=5,
    message:
        "Collect what was executed step by step"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --schema {input.schema} --out {output.table} 2> {log}"


rule check_planar:
    input:
        code=code("check_planar.py"),
        recipe=recipe(
            "planar/experiments/{experiment}/brute_force.parquet",
            "check_planar.py",
            reads={
                "data": planar_data,
                "trajectories": trained_as("trajectory.parquet"),
                "certificates": trained_as("certificate.parquet"),
            },
            experiment=checked,
        ),
        data=planar_data,
        trajectories=trained_as("trajectory.parquet"),
        certificates=trained_as("certificate.parquet"),
    output:
        rows="<results>/planar/experiments/{experiment}/brute_force.parquet",
    log:
        "<logs>/check_planar/{experiment}.log",
    benchmark:
        "<benchmarks>/verify/check_planar/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(PLANAR),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=30,
    message:
        "Execute plain gradient descent for {wildcards.experiment}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --out {output.rows} 2> {log}"


rule check_highdim:
    input:
        code=code("check_highdim.py"),
        recipe=recipe(
            "highdim/runs/{run}/brute_force.parquet",
            "check_highdim.py",
            run=only(*POPULATION, "n_seeds", "eta", "bias", "horizon", "max_chaotic"),
            executed_to=10**6,
            seed=config["seed"],
        ),
        trajectory="<results>/highdim/runs/{run}/trajectory.npz",
    output:
        rows="<results>/highdim/runs/{run}/brute_force.parquet",
    log:
        "<logs>/check_highdim/{run}.log",
    benchmark:
        "<benchmarks>/verify/check_highdim/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(2600),
        runtime=60,
    message:
        "Execute every step of one seed of run {wildcards.run}"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --trajectory {input.trajectory} --out {output.rows} 2> {log}"


rule check_highdim_mean:
    input:
        code=code("check_highdim_mean.py"),
        recipe=recipe("highdim/brute_force_mean.parquet", "check_highdim_mean.py", run=EXECUTED, seed=config["seed"]),
    output:
        rows="<results>/highdim/brute_force_mean.parquet",
    log:
        "<logs>/check_highdim_mean.log",
    benchmark:
        "<benchmarks>/verify/check_highdim_mean.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(400),
        runtime=60,
    message:
        "Execute every step by mean loss on a problem small enough for that"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --out {output.rows} 2> {log}"
