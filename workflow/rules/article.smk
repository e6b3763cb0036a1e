# The article, typeset from the tables of everything, the stories and the figures.
ARTICLE = {
    "template": ["<workflow>/article/article.typ"],
    "beside": ["<workflow>/article/layout.typ", "<workflow>/article/references.yml"],
    "citation": ["<workflow>/../CITATION.cff"],
    "declared": expand("<workflow>/claims/{name}.yaml", name=PAPERS),
    "told": [*STORIES, "<workflow>/report/stories/limits.rst"]
    + expand("<workflow>/article/{text}.rst", text=["abstract", "real", "unsaid", "open"]),
}
FILLED_IN = {
    "captions": expand("<results>/captions/{figure}.rst", figure=FIGURES),
    "figures": expand("<results>/figures/{figure}.pdf", figure=FIGURES),
}


rule write_article:
    input:
        **{name: ancient(several) for name, several in ARTICLE.items()},
        **FILLED_IN,
        code=code("write_article.py"),
        recipe=recipe("article.pdf", "write_article.py", reads=ARTICLE | FILLED_IN),
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
        runs="<results>/tables/runs.parquet",
        recorded="<results>/tables/provenance.parquet",
    output:
        article="<results>/article.pdf",
    log:
        "<logs>/write_article.log",
    benchmark:
        "<benchmarks>/write_article.tsv"
    localrule: True
    conda:
        "../../envs/article.yaml"
    threads: 1
    resources:
        mem_mb=megabytes(500),
        runtime=5,
    message:
        "Typeset the article"
    shell:
        "python {input.code[0]} --recipe {input.recipe} --template {input.template} --claims {input.claims} "
        "--checks {input.checks} --runs {input.runs} --recorded {input.recorded} --citation {input.citation} "
        "--declared {input.declared} --told {input.told} --out {output.article} 2> {log}"
