"""Settings of all tests: linear algebra on one thread, property tests without a deadline."""

import os

# As in the jobs of the workflow. Threads of several workers of pytest that wait for each other at small problems take
# three times the processor's time of the problems. Not OMP_NUM_THREADS, which tells a job how many it was granted.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

# A slow or busy machine must not fail property tests.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
