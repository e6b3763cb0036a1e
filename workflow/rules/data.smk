# Data sets: everything random is drawn here, once for all the runs that use it.


rule draw_ridge_data:
    message: "Draw the ridge data set {wildcards.dataset}"
    input:
        code=code("draw_ridge_data.py"),
    output:
        data=RESULTS + "/ridge/data/{dataset}.npz",
        provenance=RESULTS + "/ridge/data/{dataset}.json",
    log:
        RESULTS + "/logs/draw_ridge_data/{dataset}.log",
    benchmark:
        RESULTS + "/benchmarks/draw_ridge_data/{dataset}.tsv"
    params:
        dataset=lambda wildcards: json.dumps(DATASETS[wildcards.dataset], sort_keys=True),
        seed=config["seed"],
    threads: 1
    resources:
        mem_mb=900,
        runtime=15,
    conda:
        "../../envs/train.yaml"
    shell:
        "python {input.code[0]} --dataset {params.dataset:q} --seed {params.seed} "
        "--data {output.data} --provenance {output.provenance} 2> {log}"
