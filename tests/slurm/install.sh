#!/usr/bin/env bash
# Debian's SLURM and munge, where they are missing; needs root.
set -euo pipefail
if ! command -v slurmctld slurmd munged > /dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends slurm-wlm munge
fi
