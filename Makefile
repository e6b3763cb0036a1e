# `make reproduce` rebuilds everything, `make test` checks the project; both set up .venv first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PYTHON ?= python3
CORES ?= all
MEMORY ?= $(shell $(PYTHON) -c 'import os; print(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20)')
INSTALLED := .venv/installed-from-lock

# How far a run is, every now and then, in place of some lines a job: workflow/plugins has the logger.
export PYTHONPATH := workflow/plugins
# A flag stands last: what follows it is a target, and no further value of an option.
SNAKEMAKE := snakemake --logger brief --cores $(CORES) --rerun-incomplete
FULL := snakemake --resources mem_mb=$(MEMORY) --logger brief --cores $(CORES) --rerun-incomplete
REPORT := snakemake --report-stylesheet workflow/report/report.css --report
# Tables for readers who run nothing, with a description of their columns.
PUBLISH := python scripts/publish_tables.py --schema workflow/schemas/tables.yaml --citation CITATION.cff --out docs/tables --tables
PUBLISHED := runs curves times bounds theory fits readings claims checks

.PHONY: help reproduce ridge logistic beyond quick verify report quick-report docs api ro-crate test lint bench report-test slurm-test clean

help: ## list the targets, and what runs take
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "make %-23s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@sed -n '/<!-- costs -->/,/<!-- end of costs -->/{//!p;}' README.md

$(INSTALLED): requirements.lock
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock
	touch $@

reproduce: $(INSTALLED) ## every table and figure at the papers' scale (CORES=8, MEMORY=8000 (MB) to limit)
	$(FULL)

ridge logistic beyond: $(INSTALLED) ## what one paper needs, or what goes beyond both: its figures, tables and page
	$(FULL) $@

quick: $(INSTALLED) ## the same workflow on small problems, into results/quick
	$(SNAKEMAKE) --profile workflow/profiles/quick

verify: $(INSTALLED) ## runs against plain gradient descent, every step executed, and results against accepted values: docs/tables/brute_force.parquet
	$(FULL) verify
	$(PUBLISH) results/tables/brute_force.parquet
	pytest --numprocesses=0 tests/full

report: reproduce ## results/report.html: figures, captions and verdicts in one file for a browser, no network needed
	$(REPORT) results/report.html

quick-report: quick ## results/quick/report.html: the same of the small problems
	$(REPORT) results/quick/report.html --profile workflow/profiles/quick

docs: reproduce quick ## copy the pages, their figures and tables into docs/, verdicts into README.md, the rules' picture too
	cp results/pages/*.md docs/
	cp results/figures/*.png docs/figures/
	$(PUBLISH) $(addprefix results/tables/,$(addsuffix .parquet,$(PUBLISHED)))
	snakemake --rulegraph mermaid-js > results/rules.mmd
	python scripts/update_readme.py --claims results/tables/claims.parquet --checks results/tables/checks.parquet \
		--declared $(addprefix workflow/claims/,ridge.yaml logistic.yaml highdim.yaml) --told workflow/report/stories/*.rst \
		--templates workflow/pages/*.md workflow/article/*.rst --rules results/rules.mmd \
		--results results --quick results/quick \
		--readme README.md --methods docs/methods.md --running docs/running.md

api: $(INSTALLED) ## results/api: a page of every module of the package, with shapes, units and errors
	PYTHONPATH=scripts pdoc --output-directory results/api grokking

ro-crate: reproduce ## results/ro-crate: workflow and results in one folder for an archive, described for machines
	python scripts/write_crate.py --project . --results results --out results/ro-crate

lint: $(INSTALLED) ## style of Python and Snakemake files
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow
	snakemake --lint

test: lint ## style, unit tests, workflow tests
	pytest

report-test: $(INSTALLED) ## the report in a real browser; needs root and a Debian package
	tests/workflow/install_chromium.sh
	pytest tests/workflow/test_report.py tests/workflow/test_explorer.py

slurm-test: $(INSTALLED) ## the SLURM profile against a real SLURM on this machine; needs root and Debian packages
	tests/slurm/install.sh
	pytest --numprocesses=0 tests/slurm

bench: export PYTHONPATH := scripts
bench: export OMP_NUM_THREADS := 1
bench: $(INSTALLED) ## cost against plain gradient descent, as ratios; the table is results/bench/benchmarks.parquet
	python benchmarks/ridge.py
	python benchmarks/two_layer.py
	python benchmarks/logistic.py
	python benchmarks/highdim.py
	python benchmarks/longtime.py
	python benchmarks/table.py

clean: ## remove the environment, not the results
	rm -rf .venv
