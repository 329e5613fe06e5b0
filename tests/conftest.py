"""Settings for every test."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick",  # the same examples every time: a build fails by what changed, and by nothing else
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", parent=settings.get_profile("quick"), max_examples=5000, derandomize=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
