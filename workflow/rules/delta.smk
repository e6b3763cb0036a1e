# Times of generalisation against delta: every step to `start`, late steps to `horizon`, a whole design in each job.
SWEEPS = {sweep["sweep"]: sweep for sweep in delta_sweeps(config["delta"])}
DESIGNS = {design["name"]: design for design in config["delta"]["data"]}
CHECKED_SWEEPS = [name for name, sweep in SWEEPS.items() if sweep["exact_horizon"] > 0]


wildcard_constraints:
    sweep="|".join(SWEEPS),
    design="|".join(DESIGNS),


def of_sweep(*keys, **changed):
    """Return a function for `params:` that gives these parameters of the sweep as JSON, some of them changed.

    `changed` maps a parameter to another parameter whose value it takes, or to a number.
    """

    def chosen(wildcards):
        sweep = SWEEPS[wildcards.sweep]
        values = {key: sweep[key] for key in ("sweep", "eta", "bias", "runs", "n_seeds", *keys)}
        return json.dumps(values | {key: sweep.get(value, value) for key, value in changed.items()}, sort_keys=True)

    return chosen


def delta_data(wildcards):
    """Return the data of a sweep's design."""
    return f"<results>/delta/data/{SWEEPS[wildcards.sweep]['dataset']}.parquet"


rule draw_delta_data:
    input:
        code=code("draw_delta_data.py"),
    output:
        data="<results>/delta/data/{design}.parquet",
        provenance="<results>/delta/data/{design}.json",
    log:
        "<logs>/draw_delta_data/{design}.log",
    benchmark:
        "<benchmarks>/draw_delta_data/{design}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    params:
        design=lambda wildcards: json.dumps(DESIGNS[wildcards.design], sort_keys=True),
        seed=config["seed"],
    message:
        "Draw the design {wildcards.design}"
    shell:
        "python {input.code[0]} --design {params.design:q} --seed {params.seed} "
        "--data {output.data} --provenance {output.provenance} 2> {log}"


rule train_delta:
    input:
        code=code("train_delta.py"),
        data=delta_data,
    output:
        trajectory="<results>/delta/{sweep}/early.parquet",
        provenance="<results>/delta/{sweep}/early_provenance.json",
    log:
        "<logs>/train_delta/{sweep}.log",
    benchmark:
        "<benchmarks>/train_delta/{sweep}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    params:
        sweep=of_sweep(horizon="start"),
        seed=config["seed"],
        checkpoint=lambda wildcards, output: f"{output.trajectory}.checkpoint",
    message:
        "Train the sweep {wildcards.sweep} to its late steps"
    shell:
        "python {input.code[0]} --sweep {params.sweep:q} --seed {params.seed} --data {input.data} "
        "--checkpoint {params.checkpoint} --save-every 60 --trajectory {output.trajectory} "
        "--provenance {output.provenance} 2> {log}"


use rule train_delta as train_delta_exact with:
    output:
        trajectory="<results>/delta/{sweep}/exact.parquet",
        provenance="<results>/delta/{sweep}/exact_provenance.json",
    log:
        "<logs>/train_delta_exact/{sweep}.log",
    benchmark:
        "<benchmarks>/train_delta_exact/{sweep}.tsv"
    resources:
        mem_mb=900,
        runtime=60,
    params:
        sweep=of_sweep(horizon="exact_horizon", n_seeds=1),
        seed=config["seed"],
        checkpoint=lambda wildcards, output: f"{output.trajectory}.checkpoint",
    message:
        "Train seed 0 of the sweep {wildcards.sweep} with every step executed"
