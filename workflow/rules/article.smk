# The article, typeset from the tables of everything, the stories and the figures.


rule write_article:
    input:
        code=code("write_article.py"),
        template="<workflow>/article/article.typ",
        beside=["<workflow>/article/layout.typ", "<workflow>/article/references.yml"],
        claims="<results>/tables/claims.parquet",
        checks="<results>/tables/checks.parquet",
        runs="<results>/tables/runs.parquet",
        recorded="<results>/tables/provenance.parquet",
        citation="<workflow>/../CITATION.cff",
        declared=expand("<workflow>/claims/{name}.yaml", name=PAPERS),
        told=expand("<workflow>/report/stories/{story}.rst", story=[*PAGES, "limits"])
        + expand("<workflow>/article/{text}.rst", text=["abstract", "real", "unsaid", "open"]),
        captions=expand("<results>/captions/{figure}.rst", figure=FIGURES),
        figures=expand("<results>/figures/{figure}.pdf", figure=FIGURES),
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
        "python {input.code[0]} --template {input.template} --claims {input.claims} --checks {input.checks} "
        "--runs {input.runs} --recorded {input.recorded} --citation {input.citation} --declared {input.declared} "
        "--told {input.told} --captions {input.captions} --figures {input.figures} --out {output.article} 2> {log}"
