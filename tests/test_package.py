"""What is shipped."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build a wheel and return the names of its files."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603  # our own words
    [built] = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


def test_wheel(wheel: set[str]) -> None:
    """The wheel holds every file of the package, and the licence."""
    source = ROOT / "src"
    files = {
        path.relative_to(source).as_posix()
        for path in (source / "segrules").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= wheel
    assert {"segrules/py.typed", "segrules/language/grammar.lark"} <= wheel
    assert "segrules/schema/commerce.toml" in wheel
    assert any(name.startswith("segrules/conformance/cases/") for name in wheel)
    assert any(name.endswith("licenses/LICENSE") for name in wheel)


def test_dependencies() -> None:
    """The library needs four packages and no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {requirement.partition(">=")[0] for requirement in project["dependencies"]}
    assert names == {"attrs", "cattrs", "lark", "python-dateutil"}


def test_top_level() -> None:
    """The top level holds what a newcomer looks for, and nothing else."""
    command = ["git", "ls-files"]
    listed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603  # our own words
    if listed.returncode:
        pytest.skip("not a checkout")
    assert {name.split("/")[0] for name in listed.stdout.split()} == {
        ".ci",
        ".gitignore",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "benchmarks",
        "docs",
        "examples",
        "pyproject.toml",
        "src",
        "tests",
    }


def test_import_is_light() -> None:
    """Importing the package builds no grammar and brings nothing that only a leaf needs."""
    code = (
        "import sys, segrules; from segrules.language import parser; "
        "assert not parser._build.cache_info().currsize; "
        "assert not {'rich', 'argparse', 'hypothesis'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own words
