# `make reproduce` rebuilds everything, `make test` checks the project; both set up .venv first.
PYTHON ?= python3
CORES ?= $(shell $(RUN) workflow/setup/machine.py cores)
MEMORY ?= $(shell $(RUN) workflow/setup/machine.py memory)

# Tools are called by path and not by the line that a tool's file begins with: neither an environment that is not
# activated nor a checkout that was moved matters, and old versions of make do not look for tools in a PATH set here.
RUN := .venv/bin/python
export PYTHONUTF8 := 1
unexport PYTHONHOME

# How far a run is, every now and then, in place of some lines a job: workflow/plugins has the logger.
export PYTHONPATH := workflow/plugins
# A flag stands last: what follows it is a target, and no further value of an option.
SNAKEMAKE = $(RUN) -m snakemake --logger brief --cores $(CORES) --rerun-incomplete
FULL = $(RUN) -m snakemake --resources mem_mb=$(MEMORY) --logger brief --cores $(CORES) --rerun-incomplete
REPORT = $(RUN) -m snakemake --report-stylesheet workflow/report/report.css --report
# Tables for readers who run nothing, with a description of their columns.
PUBLISH = $(RUN) scripts/publish_tables.py --schema workflow/schemas/tables.yaml --citation CITATION.cff --out docs/tables --tables
PUBLISHED := runs curves times bounds theory fits readings claims checks

.PHONY: environment help reproduce ridge logistic beyond quick verify adopt report quick-report docs api ro-crate test lint bench report-test slurm-test sweep-test clean

help: ## list the targets, and what runs take
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "make %-23s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@sed -n '/<!-- costs -->/,/<!-- end of costs -->/{//!p;}' README.md

environment:
	@command -v $(PYTHON) > /dev/null || { echo "PYTHON=$(PYTHON) is not found; expected a Python, as in: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) workflow/setup/installation.py

reproduce: environment ## every table and figure at the papers' scale (CORES=8, MEMORY=8000 (MB) to limit)
	$(FULL)

ridge logistic beyond: environment ## what one paper needs, or what goes beyond both: its figures, tables and page
	$(FULL) $@

quick: environment ## the same workflow on small problems, into results/quick
	$(SNAKEMAKE) --profile workflow/profiles/quick

verify: environment ## runs against plain gradient descent, every step executed, and results against accepted values: docs/tables/brute_force.parquet
	$(FULL) verify
	$(PUBLISH) results/tables/brute_force.parquet
	$(RUN) -m pytest --numprocesses=0 tests/full

adopt: environment ## results that were copied here: whole ones of this code and configuration are kept, the others named and done again
	$(RUN) -m snakemake --dry-run --quiet progress rules reason host
	$(RUN) scripts/adopt_results.py --results results

report: reproduce ## results/report.html: figures, captions and verdicts in one file for a browser, no network needed
	$(REPORT) results/report.html

quick-report: quick ## results/quick/report.html: the same of the small problems
	$(REPORT) results/quick/report.html --profile workflow/profiles/quick

docs: reproduce quick ## copy the pages, their figures and tables into docs/, verdicts into README.md, the rules' picture too
	cp results/pages/*.md docs/
	cp results/figures/*.png docs/figures/
	$(PUBLISH) $(addprefix results/tables/,$(addsuffix .parquet,$(PUBLISHED)))
	$(RUN) -m snakemake --rulegraph mermaid-js > results/rules.mmd
	$(RUN) scripts/update_readme.py --claims results/tables/claims.parquet --checks results/tables/checks.parquet \
		--declared $(addprefix workflow/claims/,ridge.yaml logistic.yaml highdim.yaml) --told workflow/report/stories/*.rst \
		--templates workflow/pages/*.md workflow/article/*.rst --rules results/rules.mmd \
		--results results --quick results/quick \
		--readme README.md --methods docs/methods.md --running docs/running.md

api: environment ## results/api: a page of every module of the package, with shapes, units and errors
	PYTHONPATH=scripts $(RUN) -m pdoc --output-directory results/api grokking

ro-crate: reproduce ## results/ro-crate: workflow and results in one folder for an archive, described for machines
	$(RUN) scripts/write_crate.py --project . --results results --out results/ro-crate

lint: environment ## style of Python and Snakemake files
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m snakefmt --check Snakefile workflow
	$(RUN) -m snakemake --lint

test: lint ## style, unit tests, workflow tests
	$(RUN) -m pytest

report-test: environment ## the report in a real browser; needs root and a Debian package
	tests/workflow/install_chromium.sh
	$(RUN) -m pytest tests/workflow/test_report.py tests/workflow/test_explorer.py

slurm-test: environment ## the SLURM profile against a real SLURM on this machine; needs root and Debian packages
	tests/slurm/install.sh
	$(RUN) -m pytest --numprocesses=0 tests/slurm

sweep-test: environment ## all odd values of all keys, and results with less in the configuration: `make test` has a few of each
	$(RUN) -m pytest tests/sweeps

bench: environment ## cost against plain gradient descent, as ratios; the table is results/bench/benchmarks.parquet
	for subject in ridge two_layer logistic highdim longtime table; do \
		PYTHONPATH=scripts OMP_NUM_THREADS=1 $(RUN) benchmarks/$$subject.py || exit 1; done

clean: ## remove the environment, not the results
	rm -rf .venv
