# Figures, one module of scripts/figures each, and pages to read, from the tables alone. `make docs` copies them to docs/.
REPORT = {  # section of the report: its figures; a module of scripts/figures says which tables and experiments it needs
    "Ridge regression and two-layer networks": [
        *(f"ridge_figure{number}" for number in range(1, 8)),
        "ridge_forgetting",
        "ridge_equal_training",
        "ridge_depth",
    ],
    "Logistic regression, d = 2": [
        *(f"logistic_figure{number}" for number in range(1, 5)),
        "logistic_table1",
        "logistic_readings",
        "logistic_what_delays",
        "logistic_attack",
    ],
    "Logistic regression, d = 1024": [
        "logistic_highdim_figure1",
        "logistic_highdim_table1",
        "logistic_highdim_imbalance",
        "logistic_highdim_scaling",
    ],
    "Time of generalisation against delta": [
        "logistic_delta_fit",
        "logistic_theorem_where",
        "logistic_bias_longtime",
    ],
    "Beyond the papers": [
        "beyond_noise",
        "beyond_decay",
        "beyond_optimisers",
        "beyond_losses",
        "beyond_kernel",
        "beyond_network",
        "beyond_real",
    ],
}
SECTION_OF = {figure: section for section, figures in REPORT.items() for figure in figures}
FIGURES = list(SECTION_OF)
FIGURES_OF = {paper: [figure for figure in FIGURES if figure.startswith(paper)] for paper in PAGES}
STORIES = expand("<workflow>/report/stories/{paper}.rst", paper=PAGES)


# A rule a figure, because a rule's caption in the report is one fixed file.
for figure in FIGURES:

    rule:
        name:
            f"plot_{figure}"
        input:
            code=code("plot_figure.py", f"figures/{figure}.py"),
            recipe=recipe(
                f"figures/{figure}.pdf",
                "plot_figure.py",
                f"figures/{figure}.py",
                reads={"schema": [SCHEMA], "parts": files(shown_parts(figure)), "data": shown_data(figure)},
                figure=figure,
                of=labels(shown_parts(figure)),
            ),
            parts=files(shown_parts(figure)),
            schema=ancient(SCHEMA),
            data=shown_data(figure),
        output:
            pdf=f"<results>/figures/{figure}.pdf",
            png=report(
                f"<results>/figures/{figure}.png",
                caption=written(f"captions/{figure}.rst"),
                category=SECTION_OF[figure],
                labels={"figure": figure_of(module_of(figure)).title},
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
            mem_mb=megabytes(1200),
            runtime=10,
        message:
            f"Plot {figure}"
        shell:
            "python {input.code[0]} --recipe {input.recipe} --schema {input.schema} --pdf {output.pdf} "
            "--png {output.png} 2> {log}"


rule write_claims:
    input:
        code=code("write_claims.py"),
        recipe=recipe("claims.md", "write_claims.py"),
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
        runs="<results>/tables/runs.parquet",
    output:
        text="<results>/claims.md",
        page=report(
            "<results>/claims.html",
            caption="../report/claims.rst",
            category="Claims and verdicts",
            labels={"figure": "Every claim, to search and filter"},
        ),
    log:
        "<logs>/write_claims.log",
    benchmark:
        "<benchmarks>/write_claims.tsv"
    localrule: True
    conda:
        "../../envs/explorer.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(900),
        runtime=5,
    message:
        "Write every claim with its verdict"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --claims {input.claims} --checks {input.checks} "
        "--runs {input.runs} --text {output.text} --page {output.page} 2> {log}"


# A rule a paper: its captions need its own claims alone.
for paper, figures in FIGURES_OF.items():

    rule:
        name:
            f"write_captions_{paper}"
        input:
            code=code("write_captions.py"),
            recipe=recipe(f"captions/{figures[0]}.rst", "write_captions.py", reads={"templates": templates(figures)}),
            templates=ancient(templates(figures)),
            claims=f"<results>/{paper}/tables/claims.parquet",
            checks=f"<results>/{paper}/tables/checks.parquet",
        output:
            captions=expand("<results>/captions/{figure}.rst", figure=figures),
        log:
            f"<logs>/write_captions/{paper}.log",
        benchmark:
            f"<benchmarks>/write_captions/{paper}.tsv"
        localrule: True
        conda:
            "../../envs/tables.yaml"
        threads: 1
        resources:
            mem_mb=megabytes(900),
            runtime=5,
        message:
            f"Write the captions of the {paper} paper"
        shell:
            "python {input.code[0]} --recipe {input.recipe} --templates {input.templates} --claims {input.claims} "
            "--checks {input.checks} --out {output.captions} 2> {log}"


rule write_page:
    input:
        code=code("write_page.py"),
        recipe=recipe(
            "pages/{paper}.md",
            "write_page.py",
            reads={
                "template": lambda wildcards: [f"<workflow>/pages/{wildcards.paper}.md"],
                "told": lambda wildcards: [f"<workflow>/report/stories/{wildcards.paper}.rst"],
                "captions": captions,
            },
            paper=lambda wildcards: wildcards.paper,
        ),
        template=ancient("<workflow>/pages/{paper}.md"),
        told=ancient("<workflow>/report/stories/{paper}.rst"),
        claims="<results>/{paper}/tables/claims.parquet",
        checks="<results>/{paper}/tables/checks.parquet",
        runs="<results>/{paper}/tables/runs.parquet",
        captions=captions,
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
        "python {input.code[0]} --recipe {input.recipe} --template {input.template} --told {input.told} "
        "--claims {input.claims} --checks {input.checks} --runs {input.runs} --out {output.page} 2> {log}"


rule write_overview:
    input:
        code=code("write_overview.py"),
        recipe=recipe(
            "overview.rst",
            "write_overview.py",
            reads={"template": ["<workflow>/report/overview.rst"], "told": STORIES},
        ),
        template=ancient("<workflow>/report/overview.rst"),
        told=ancient(STORIES),
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
        runs="<results>/tables/runs.parquet",
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
        "python {input.code[0]} --recipe {input.recipe} --template {input.template} --told {input.told} "
        "--claims {input.claims} --checks {input.checks} --runs {input.runs} --out {output.overview} 2> {log}"
