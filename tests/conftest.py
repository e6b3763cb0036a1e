"""Settings of the property tests: a slow or busy machine must not fail them, so that no example has a deadline."""

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
