# The pipeline with everything it needs, for machines without conda:
#   docker build -t grokking-linear-models .
#   mkdir -p results
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/results:/pipeline/results" grokking-linear-models
FROM python:3.12.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends git make procps \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /pipeline
COPY requirements.lock .
RUN python -m pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY . .
# A user whom the image does not know has neither a name nor a home; Snakemake asks for both, and keeps its records here.
ENV HOME=/tmp LOGNAME=pipeline
RUN chmod -R a+rX . && chmod a+w .
CMD ["sh", "-c", "exec snakemake --cores $(python workflow/setup/machine.py cores) --resources mem_mb=$(python workflow/setup/machine.py memory) --rerun-incomplete"]
