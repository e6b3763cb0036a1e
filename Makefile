# `make reproduce` rebuilds everything, `make test` checks the project; both set up .venv first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PYTHON ?= python3
CORES ?= all
INSTALLED := .venv/installed-from-lock

.PHONY: help reproduce quick test lint bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): requirements.lock
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock
	touch $@

reproduce: $(INSTALLED) ## every table and figure at the papers' scale (CORES=8 to limit)
	snakemake --cores $(CORES) --rerun-incomplete

quick: $(INSTALLED) ## the same workflow on small problems, into results/quick
	snakemake --profile workflow/profiles/quick --cores $(CORES) --rerun-incomplete

lint: $(INSTALLED) ## style of Python and Snakemake files
	ruff check .
	ruff format --check .
	snakefmt --check --quiet Snakefile workflow
	snakemake --lint

test: lint ## style, unit tests, workflow tests
	pytest

bench: $(INSTALLED) ## cost against plain gradient descent, as ratios
	python benchmarks/ridge.py
	OMP_NUM_THREADS=1 PYTHONPATH=scripts python benchmarks/logistic.py
	OMP_NUM_THREADS=1 PYTHONPATH=scripts python benchmarks/longtime.py

clean: ## remove the environment, not the results
	rm -rf .venv
