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
        parts=BRUTE_FORCE,
        schema="<workflow>/schemas/tables.yaml",
    output:
        table="<results>/tables/brute_force.parquet",
    log:
        "<logs>/collect_brute_force.log",
    benchmark:
        "<benchmarks>/collect_brute_force.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(400),
        runtime=5,
    params:
        of=["brute_force"] * len(BRUTE_FORCE),
    message:
        "Collect what was executed step by step"
    shell:
        "python {input.code[0]} --parts {input.parts} --of {params.of} --schema {input.schema} "
        "--tables brute_force --out {output.table} 2> {log}"


rule check_planar:
    input:
        code=code("check_planar.py"),
        data=planar_data,
        trajectories=trained_as("trajectory.parquet"),
        certificates=trained_as("certificate.parquet"),
    output:
        rows="<results>/planar/experiments/{experiment}/brute_force.parquet",
    log:
        "<logs>/check_planar/{experiment}.log",
    benchmark:
        "<benchmarks>/check_planar/{experiment}.tsv"
    wildcard_constraints:
        experiment=one_of(PLANAR),
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=30,
    params:
        experiment=checked,
    message:
        "Execute plain gradient descent for {wildcards.experiment}"
    shell:
        "python {input.code[0]} --experiment {params.experiment:q} --data {input.data} --trajectories {input.trajectories} "
        "--certificates {input.certificates} --out {output.rows} 2> {log}"


rule check_highdim:
    input:
        code=code("check_highdim.py"),
        trajectory="<results>/highdim/runs/{run}/trajectory.npz",
    output:
        rows="<results>/highdim/runs/{run}/brute_force.parquet",
    log:
        "<logs>/check_highdim/{run}.log",
    benchmark:
        "<benchmarks>/check_highdim/{run}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(2600),
        runtime=60,
    params:
        run=only(*POPULATION, "n_seeds", "eta", "bias", "horizon", "max_chaotic"),
        seed=config["seed"],
        executed_to=10**6,
    message:
        "Execute every step of one seed of run {wildcards.run}"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --executed-to {params.executed_to} "
        "--trajectory {input.trajectory} --out {output.rows} 2> {log}"


rule check_highdim_mean:
    input:
        code=code("check_highdim_mean.py"),
    output:
        rows="<results>/highdim/brute_force_mean.parquet",
    log:
        "<logs>/check_highdim_mean.log",
    benchmark:
        "<benchmarks>/check_highdim_mean.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(400),
        runtime=60,
    params:
        run=json.dumps(EXECUTED, sort_keys=True),
        seed=config["seed"],
    message:
        "Execute every step by mean loss on a problem small enough for that"
    shell:
        "python {input.code[0]} --run {params.run:q} --seed {params.seed} --out {output.rows} 2> {log}"
