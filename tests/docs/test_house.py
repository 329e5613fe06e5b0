"""The page on the house."""

import ast
import re
from pathlib import Path

import pytest

import segrules
from tests.docs.pages import read

SOURCE = Path(segrules.__file__).parent
PAGE = read("docs/house.md")
ANSWERS = re.findall(r"^\| .*\? \| `([\w/.]+)` \| `(\w+)` \|$", PAGE, re.MULTILINE)


def test_questions() -> None:
    """There are questions enough to find one's way by, each asked once."""
    assert len(ANSWERS) == len(set(ANSWERS)) >= 40


@pytest.mark.parametrize(("path", "name"), ANSWERS)
def test_answers(path: str, name: str) -> None:
    """Each file defines what its answer begins at."""
    names = set()
    for node in ast.walk(ast.parse((SOURCE / path).read_text("utf-8"))):
        match node:
            case ast.FunctionDef(name=found) | ast.ClassDef(name=found):
                names.add(found)
            case (
                ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found))
            ):
                names.add(found)
    assert name in names


def test_floors() -> None:
    """The page lists every folder and module that the architecture test orders."""
    floors = re.findall(r"^\| `([\w.]+)/?` \|", PAGE, re.MULTILINE)
    inside = {p.stem for p in SOURCE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    leaves = {"cli", "insight", "conformance"}
    doors = {"__init__", "__main__", "errors", "results", "syntax"}
    assert {floor.removesuffix(".py") for floor in floors} == inside - leaves - doors
