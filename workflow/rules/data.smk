# Data sets: everything random is drawn here, once for all the runs that use it.


rule draw_logistic_data:
    input:
        code=code("draw_logistic_data.py"),
    output:
        data="<results>/logistic/data/{dataset}.parquet",
        provenance="<results>/logistic/data/{dataset}.json",
    log:
        "<logs>/draw_logistic_data/{dataset}.log",
    benchmark:
        "<benchmarks>/draw_logistic_data/{dataset}.tsv"
    wildcard_constraints:
        dataset="|".join(LOGISTIC_DATA),
    localrule: True
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=10,
    params:
        dataset=lambda wildcards: json.dumps(LOGISTIC_DATA[wildcards.dataset], sort_keys=True),
        seed=config["seed"],
    message:
        "Draw the logistic data set {wildcards.dataset}"
    shell:
        "python {input.code[0]} --dataset {params.dataset:q} --seed {params.seed} "
        "--data {output.data} --provenance {output.provenance} 2> {log}"
