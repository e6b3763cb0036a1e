# Figures, one module of scripts/figures each, and pages to read, from the tables alone. `make docs` copies them to docs/.
PAGES = sorted({run["paper"] for run in RUNS.values()})
REPORT = {  # section of the report: figure: tables that it reads
    "Ridge regression and two-layer networks": {
        "ridge_figure1": ["runs", "curves", "times"],
        "ridge_figure2": ["runs", "times", "bounds"],
        "ridge_figure3": ["runs", "curves", "bounds"],
        "ridge_figure4": ["runs", "times", "bounds"],
        "ridge_figure5": ["runs", "curves", "times", "bounds"],
        "ridge_figure6": ["runs", "curves", "times", "bounds"],
        "ridge_figure7": ["runs", "curves", "times", "bounds"],
        "ridge_forgetting": ["runs", "curves", "times", "bounds"],
        "ridge_equal_training": ["runs", "curves", "times", "bounds"],
        "ridge_depth": ["runs", "curves", "times"],
    },
    "Logistic regression, d = 2": {
        "logistic_figure1": ["runs", "curves", "theory"],
        "logistic_figure2": ["runs", "curves", "times"],
        "logistic_figure3": ["runs"],
        "logistic_figure4": ["runs", "curves"],
        "logistic_table1": ["runs", "times"],
        "logistic_readings": ["readings"],
        "logistic_what_delays": ["runs", "curves"],
        "logistic_attack": ["runs", "curves", "times"],
    },
    "Logistic regression, d = 1024": {
        "logistic_highdim_figure1": ["runs", "curves"],
        "logistic_highdim_table1": ["runs", "times"],
        "logistic_highdim_imbalance": ["runs", "curves", "theory"],
        "logistic_highdim_scaling": ["runs", "curves", "theory", "provenance"],
    },
    "Time of generalisation against delta": {
        "logistic_delta_fit": ["runs", "times"],
        "logistic_theorem_where": ["runs", "times", "bounds"],
        "logistic_bias_longtime": ["runs", "curves", "theory"],
    },
    "Beyond the papers": {},
}
FIGURES = {figure: tables for figures in REPORT.values() for figure, tables in figures.items()}
SECTION_OF = {figure: section for section, figures in REPORT.items() for figure in figures}
# Data sets that a figure shows: those of the first runs of these experiments.
SHOWN = {"logistic_figure3": ["logistic-plain-mean", "logistic-full-mean", "logistic-equispaced-mean"]}


# A rule a figure, because a rule's caption in the report is one fixed file.
for figure, tables in FIGURES.items():

    rule:
        name:
            f"plot_{figure}"
        input:
            code=code("plot_figure.py") + code(f"figures/{figure}.py"),
            tables=expand("<results>/tables/{table}.parquet", table=tables),
            data=first_data(SHOWN.get(figure, [])),
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
            "python {input.code[0]} --figure {params.figure} --tables {input.tables} --data {input.data} "
            "--pdf {output.pdf} --png {output.png} 2> {log}"


rule write_claims:
    input:
        code=code("write_claims.py"),
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
    output:
        text="<results>/claims.md",
        page=report(
            "<results>/claims.html",
            caption="../report/claims.rst",
            category="Claims and verdicts",
            labels={"figure": "every claim"},
        ),
    log:
        "<logs>/write_claims.log",
    benchmark:
        "<benchmarks>/write_claims.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=5,
    message:
        "Write every claim with its verdict"
    shell:
        "python {input.code[0]} --claims {input.claims} --checks {input.checks} "
        "--text {output.text} --page {output.page} 2> {log}"


rule write_page:
    input:
        code=code("write_page.py"),
        template="workflow/pages/{paper}.md",
        told="workflow/report/stories/{paper}.rst",
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
        runs="<results>/tables/runs.parquet",
        captions=lambda wildcards: expand(
            "workflow/report/{figure}.rst",
            figure=[figure for figure in FIGURES if figure.startswith(wildcards.paper)],
        ),
    output:
        page="<results>/pages/{paper}.md",
    log:
        "<logs>/write_page/{paper}.log",
    benchmark:
        "<benchmarks>/write_page/{paper}.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=5,
    message:
        "Write the page of the {wildcards.paper} paper"
    shell:
        "python {input.code[0]} --paper {wildcards.paper} --template {input.template} --told {input.told} "
        "--claims {input.claims} --checks {input.checks} --runs {input.runs} --captions {input.captions} "
        "--out {output.page} 2> {log}"


rule write_overview:
    input:
        code=code("write_overview.py"),
        template="workflow/report/overview.rst",
        told=expand("workflow/report/stories/{paper}.rst", paper=PAGES),
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
    output:
        overview="<results>/overview.rst",
    log:
        "<logs>/write_overview.log",
    benchmark:
        "<benchmarks>/write_overview.tsv"
    localrule: True
    conda:
        "../../envs/tables.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=5,
    message:
        "Write the first page of the report"
    shell:
        "python {input.code[0]} --template {input.template} --told {input.told} --claims {input.claims} "
        "--checks {input.checks} --out {output.overview} 2> {log}"
