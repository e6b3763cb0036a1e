# Figures: one module of scripts/figures each, drawn from the tables alone.
FIGURES = {
    "ridge_figure1": ["runs", "curves", "times"],
    "ridge_figure2": ["runs", "times", "bounds"],
    "ridge_figure3": ["runs", "curves"],
    "ridge_figure5": ["runs", "curves", "times"],
    "ridge_figure6": ["runs", "curves", "times"],
    "ridge_figure7": ["runs", "curves", "times"],
    "logistic_figure1": ["runs", "curves"],
    "logistic_figure2": ["runs", "curves", "times"],
    "logistic_figure3": ["runs"],
    "logistic_figure4": ["runs", "curves"],
    "logistic_adversarial": ["runs", "curves"],
    "logistic_table1": ["runs", "times"],
    "logistic_delta_fit": ["runs", "times", "bounds", "fits"],
    "logistic_bias_longtime": ["runs", "curves", "times", "bounds"],
    "logistic_measured_predicted": ["runs", "times"],
}
CATEGORIES = {"ridge": "Ridge regression", "logistic": "Logistic regression"}
# Data sets that a figure shows: those of the first run of each figure of the paper.
SHOWN = {"logistic_figure3": [f"<results>/logistic/data/{name}.parquet" for name in BASE_DATASETS]}


rule plot_figure:
    input:
        code=lambda wildcards: code("plot_figure.py") + code(f"figures/{wildcards.figure}.py"),
        tables=lambda wildcards: expand("<results>/tables/{table}.parquet", table=FIGURES[wildcards.figure]),
        data=lambda wildcards: SHOWN.get(wildcards.figure, []),
    output:
        pdf=report(
            "<results>/figures/{figure}.pdf",
            caption="../report/{figure}.rst",
            category=lambda wildcards: CATEGORIES[wildcards.figure.split("_")[0]],
            labels={"figure": "{figure}", "format": "PDF"},
        ),
        png=report(
            "<results>/figures/{figure}.png",
            caption="../report/{figure}.rst",
            category=lambda wildcards: CATEGORIES[wildcards.figure.split("_")[0]],
            labels={"figure": "{figure}", "format": "PNG"},
        ),
    log:
        "<logs>/plot_figure/{figure}.log",
    benchmark:
        "<benchmarks>/plot_figure/{figure}.tsv"
    wildcard_constraints:
        figure="|".join(FIGURES),
    conda:
        "../../envs/plot.yaml"
    threads: 1
    resources:
        mem_mb=900,
        runtime=10,
    message:
        "Plot {wildcards.figure}"
    shell:
        "python {input.code[0]} --figure {wildcards.figure} --tables {input.tables} {input.data} "
        "--pdf {output.pdf} --png {output.png} 2> {log}"
