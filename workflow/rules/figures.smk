# Figures: one module of scripts/figures each, drawn from the tables alone.
FIGURES = {
    "ridge_figure1": ["runs", "curves", "times"],
    "ridge_figure2": ["runs", "times", "bounds"],
    "ridge_figure3": ["runs", "curves"],
    "ridge_figure5": ["runs", "curves", "times"],
    "ridge_figure6": ["runs", "curves", "times"],
    "ridge_figure7": ["runs", "curves", "times"],
}


rule plot_figure:
    input:
        code=lambda wildcards: code("plot_figure.py") + code(f"figures/{wildcards.figure}.py"),
        tables=lambda wildcards: expand("<results>/tables/{table}.parquet", table=FIGURES[wildcards.figure]),
    output:
        pdf=report(
            "<results>/figures/{figure}.pdf",
            caption="../report/{figure}.rst",
            category="Ridge regression",
            labels={"figure": "{figure}", "format": "PDF"},
        ),
        png=report(
            "<results>/figures/{figure}.png",
            caption="../report/{figure}.rst",
            category="Ridge regression",
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
        "python {input.code[0]} --figure {wildcards.figure} --tables {input.tables} "
        "--pdf {output.pdf} --png {output.png} 2> {log}"
