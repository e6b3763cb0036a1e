# Figures: one module of scripts/figures each, drawn from the tables alone.
REPORT = {  # section of the report: figure: tables that it reads
    "Ridge regression and two-layer networks": {
        "ridge_figure1": ["runs", "curves", "times"],
        "ridge_figure2": ["runs", "times", "bounds"],
        "ridge_figure3": ["runs", "curves"],
        "ridge_figure4": ["runs", "times", "bounds"],
        "ridge_figure5": ["runs", "curves", "times"],
        "ridge_figure6": ["runs", "curves", "times"],
        "ridge_figure7": ["runs", "curves", "times"],
    },
    "Logistic regression, d = 2": {
        "logistic_figure1": ["runs", "curves"],
        "logistic_figure2": ["runs", "curves", "times"],
        "logistic_figure3": ["runs"],
        "logistic_figure4": ["runs", "curves"],
        "logistic_adversarial": ["runs", "curves"],
        "logistic_table1": ["runs", "times"],
    },
    "Logistic regression, d = 1024": {
        "logistic_highdim_figure1": ["runs", "curves", "times"],
        "logistic_highdim_scaling": ["runs", "times", "bounds", "provenance"],
        "logistic_highdim_bias": ["runs", "curves"],
    },
    "Time of generalisation against delta": {
        "logistic_delta_fit": ["runs", "times", "bounds", "fits"],
        "logistic_bias_longtime": ["runs", "curves", "times", "bounds"],
        "logistic_measured_predicted": ["runs", "times"],
    },
}
FIGURES = {figure: tables for figures in REPORT.values() for figure, tables in figures.items()}
SECTION_OF = {figure: section for section, figures in REPORT.items() for figure in figures}
# Data sets that a figure shows: those of the first run of each figure of the paper.
SHOWN = {"logistic_figure3": [f"<results>/logistic/data/{name}.parquet" for name in BASE_DATASETS]}


# A rule a figure, because a rule's caption in the report is one fixed file.
for figure, tables in FIGURES.items():

    rule:
        name:
            f"plot_{figure}"
        input:
            code=code("plot_figure.py") + code(f"figures/{figure}.py"),
            tables=expand("<results>/tables/{table}.parquet", table=tables),
            data=SHOWN.get(figure, []),
        output:
            pdf=f"<results>/figures/{figure}.pdf",
            png=report(
                f"<results>/figures/{figure}.png",
                caption=f"../report/{figure}.rst",
                category=SECTION_OF[figure],
                labels={"figure": figure},
            ),
        log:
            f"<logs>/plot/{figure}.log",
        benchmark:
            f"<benchmarks>/plot/{figure}.tsv"
        localrule: True
        conda:
            "../../envs/plot.yaml"
        threads: 1
        resources:
            mem_mb=megabytes(900),
            runtime=10,
        params:
            figure=figure,
        message:
            f"Plot {figure}"
        shell:
            "python {input.code[0]} --figure {params.figure} --tables {input.tables} {input.data} "
            "--pdf {output.pdf} --png {output.png} 2> {log}"
