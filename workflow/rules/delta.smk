# Times of generalisation against delta: every step to `start`, late steps to `horizon`, a whole design in each job.
CHECKED_SWEEPS = [name for name, sweep in SWEEPS.items() if sweep["exact_horizon"] > 0]

for table in ("curves", "times", "bounds"):
    PARTS[table] += expand("<results>/delta/{sweep}/{table}.parquet", sweep=SWEEPS, table=table)
PARTS["bounds"] += expand("<results>/delta/{sweep}/check.parquet", sweep=CHECKED_SWEEPS)
PARTS["provenance"] += expand("<results>/delta/data/{design}.json", design=DESIGNS)
PARTS["provenance"] += expand(
    "<results>/delta/{sweep}/{stage}_provenance.json", sweep=SWEEPS, stage=["early", "late", "evaluation"]
)
PARTS["provenance"] += expand(
    "<results>/delta/{sweep}/{stage}_provenance.json", sweep=CHECKED_SWEEPS, stage=["exact", "check"]
)


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
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
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
        mem_mb=megabytes(900),
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
        mem_mb=megabytes(900),
        runtime=60,
    params:
        sweep=of_sweep(horizon="exact_horizon", n_seeds=1),
        seed=config["seed"],
        checkpoint=lambda wildcards, output: f"{output.trajectory}.checkpoint",
    message:
        "Train seed 0 of the sweep {wildcards.sweep} with every step executed"


rule extend_delta:
    input:
        code=code("extend_delta.py"),
        data=delta_data,
        early="<results>/delta/{sweep}/early.parquet",
    output:
        late="<results>/delta/{sweep}/late.parquet",
        provenance="<results>/delta/{sweep}/late_provenance.json",
    log:
        "<logs>/extend_delta/{sweep}.log",
    benchmark:
        "<benchmarks>/extend_delta/{sweep}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=20,
    params:
        sweep=of_sweep("horizon"),
        seed=config["seed"],
    message:
        "Extend the sweep {wildcards.sweep} to its horizon"
    shell:
        "python {input.code[0]} --sweep {params.sweep:q} --seed {params.seed} --data {input.data} "
        "--early {input.early} --late {output.late} --provenance {output.provenance} 2> {log}"


rule check_delta:
    input:
        code=code("check_delta.py"),
        data=delta_data,
        early="<results>/delta/{sweep}/early.parquet",
        exact="<results>/delta/{sweep}/exact.parquet",
    output:
        bounds="<results>/delta/{sweep}/check.parquet",
        provenance="<results>/delta/{sweep}/check_provenance.json",
    log:
        "<logs>/check_delta/{sweep}.log",
    benchmark:
        "<benchmarks>/check_delta/{sweep}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    params:
        sweep=of_sweep(n_seeds=1),
        seed=config["seed"],
    message:
        "Check the late steps of the sweep {wildcards.sweep} against executed ones"
    shell:
        "python {input.code[0]} --sweep {params.sweep:q} --seed {params.seed} --data {input.data} "
        "--early {input.early} --exact {input.exact} --bounds {output.bounds} --provenance {output.provenance} 2> {log}"


rule evaluate_delta:
    input:
        code=code("evaluate_delta.py"),
        data=delta_data,
        early="<results>/delta/{sweep}/early.parquet",
        late="<results>/delta/{sweep}/late.parquet",
    output:
        curves="<results>/delta/{sweep}/curves.parquet",
        times="<results>/delta/{sweep}/times.parquet",
        bounds="<results>/delta/{sweep}/bounds.parquet",
        provenance="<results>/delta/{sweep}/evaluation_provenance.json",
    log:
        "<logs>/evaluate_delta/{sweep}.log",
    benchmark:
        "<benchmarks>/evaluate_delta/{sweep}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=20,
    params:
        sweep=of_sweep("horizon", "gamma", "alpha", "eps"),
        seed=config["seed"],
    message:
        "Evaluate the sweep {wildcards.sweep}"
    shell:
        "python {input.code[0]} --sweep {params.sweep:q} --seed {params.seed} --data {input.data} "
        "--early {input.early} --late {input.late} --curves {output.curves} --times {output.times} "
        "--bounds {output.bounds} --provenance {output.provenance} 2> {log}"
