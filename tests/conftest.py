"""Settings for every test."""

from hypothesis import HealthCheck, settings

from tests.pace import EXAMPLES, SLOW

settings.register_profile(
    "quick",  # the same examples every time: a build fails by what changed, and by nothing else
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("new", parent=settings.get_profile("quick"), derandomize=False)
settings.load_profile("new" if SLOW > 1 else "quick")
