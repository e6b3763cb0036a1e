# Reproduction of two papers on grokking in linear models. `snakemake --cores 8` rebuilds every table and figure.
from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.27")
if not isinstance(workflow.current_basedir, os.PathLike):
    raise WorkflowError(
        "Rules run scripts of a checkout: clone this workflow and give the path of the clone as `snakefile`."
    )


configfile: os.path.relpath(os.path.join(workflow.current_basedir, "config.yaml"))


include: "workflow/rules/common.smk"
include: "workflow/rules/ridge.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/depth.smk"
include: "workflow/rules/planar.smk"
include: "workflow/rules/highdim.smk"
include: "workflow/rules/beyond.smk"
include: "workflow/rules/judging.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/article.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/verify.smk"


report: written("overview.rst")


rule all:
    default_target: True
    input:
        tables=expand("<results>/tables/{table}.parquet", table=TABLES),
        figures=expand("<results>/figures/{figure}.{format}", figure=FIGURES, format=["pdf", "png"]),
        claims=expand("<results>/claims.{format}", format=["md", "html"]),
        pages=expand("<results>/pages/{paper}.md", paper=PAGES),
        overview="<results>/overview.rst",
        article="<results>/article.pdf",
        explorer="<results>/explore.html",


# `snakemake ridge` makes what one paper needs: its figures, its tables and its page.
for paper in PAGES:

    rule:
        name:
            paper
        input:
            figures=[
                f"<results>/figures/{figure}.{format}"
                for figure in FIGURES
                if figure.startswith(paper)
                for format in ("pdf", "png")
            ],
            page=f"<results>/pages/{paper}.md",


rule verify:
    input:
        expand("<results>/tables/{table}.parquet", table=ON_DEMAND),


onstart:
    # For every job that is done Snakemake would look for work once a second until all are: after a hundred jobs that
    # fills a core. The limit on submissions that it watches in this way is for clusters, whose profile sets its own.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


onsuccess:
    print(left_by_run())
