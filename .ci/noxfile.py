"""The tests on every other Python that is installed."""

import nox

nox.options.default_venv_backend = "virtualenv"
nox.options.envdir = "../.nox"


@nox.session(python=["3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Run the tests."""
    session.chdir("..")
    session.install("--quiet", ".[test]")
    session.run("pytest", "--quiet")
