# The pipeline with everything it needs, for machines without conda:
#   docker build -t grokking-linear-models .
#   docker run --rm -v "$PWD/results:/pipeline/results" grokking-linear-models
FROM python:3.12.13-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends git make procps \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /pipeline
COPY requirements.lock .
RUN python -m pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY . .
CMD ["snakemake", "--cores", "all", "--rerun-incomplete"]
