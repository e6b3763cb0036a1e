#!/usr/bin/env bash
# Debian's Chromium, where it is missing; needs root.
set -euo pipefail
if ! command -v chromium > /dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium
fi
