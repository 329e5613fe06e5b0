"""The page on findings."""

import ast
import re
from pathlib import Path

import pytest

import segrules
from segrules import Rule, RuleError, Schema, SegrulesError
from segrules.language.mistakes.mistake import CODES as MISTAKES
from segrules.meaning.checking.findings import CODES
from tests.docs.pages import read
from tests.test_errors import every_error

PAGE = read("docs/findings.md")
RULES, OTHERS = (
    dict(re.findall(r"^### (\S+)$(.*?)(?=^##|\Z)", part, re.MULTILINE | re.DOTALL))
    for part in PAGE.split("\n## What else can go wrong\n")
)
"""The sections of the page by their codes: of findings in rules, and of all other errors."""

LISTS = Schema.from_data(
    {"attributes": {"addresses": {"type": "objects", "of": {"country": "text"}}}}, name="lists"
)
SCHEMAS = {
    "that-in-filter": Schema.open(),
    "unknown-field": LISTS,
    "unquoted-name": Schema.open(),
}
"""What the example of a code is checked against, where it is not the ready-made schema."""


def codes_in(path: Path) -> set[str]:
    """Return the codes that a module gives to findings it makes."""
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    makers = {"Diagnostic", "Mistake", "Hint", "report"}
    firsts = [call.args[0] for call in calls if call.args and _name(call.func) in makers]
    return {each.value for each in firsts if isinstance(each, ast.Constant)}  # type: ignore[misc]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


CORE = Path(segrules.__file__).parent
FOUND = set[str]().union(
    *(
        codes_in(p)
        for floor in ("language", "meaning", "audience")
        for p in (CORE / floor).rglob("*.py")
    )
)


def test_every_code_has_its_section() -> None:
    """Each code that a finding in a rule can have is explained here, and nothing else is."""
    assert RULES.keys() == FOUND | MISTAKES.keys() | CODES.keys()


RULE_FLOORS = {"language", "mistakes", "meaning", "checking"}
"""The folders in which misfits are of texts, and reports of rules."""


def codes_of_errors() -> set[str]:
    """Return every code that an error, or a misfit of a fact, can carry.

    It is given by `code=`, by a class to all of its errors, or in its place to a function.
    """
    found: set[str] = set()
    for path in CORE.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        places = {} if path.parent.name in RULE_FLOORS else {"Misfit": 0, "report": 0}
        places |= {
            node.name: [arg.arg for arg in node.args.args].index("code")
            for node in nodes
            if isinstance(node, ast.FunctionDef) and node.name[0] == "_"
            if "code" in [arg.arg for arg in node.args.args]
        }
        for node in nodes:
            if isinstance(node, ast.ClassDef) and node.name != "SegrulesError":
                found |= {c for each in node.body for c in _default_of(each)}
            elif isinstance(node, ast.Call):
                place = places.get(_name(node.func))
                given = [key.value for key in node.keywords if key.arg == "code"]
                given += [] if place is None else node.args[place : place + 1]
                found |= {c for value in given for c in _texts(value)}
    return found


def _default_of(node: ast.stmt) -> set[str]:
    """Return the code that a statement in a class's body gives to all of its errors."""
    is_code = isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == ["code"]
    return _texts(node.value) if is_code and isinstance(node, ast.Assign) else set()


def _texts(node: ast.expr) -> set[str]:
    """Return the texts that an expression may be: itself, or either side of a choice."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_every_error_has_its_section() -> None:
    """Each code that an error can carry has one section, and every section's code is raised."""
    assert OTHERS.keys() == codes_of_errors() - RULES.keys()


def test_every_error_has_a_code() -> None:
    """Each error is raised with a code, or is of a class that has one for all of its errors.

    That of a RuleError is its first finding's.
    """
    errors = {each for each in every_error() if each.code == SegrulesError.code}
    names = {each.__name__ for each in errors - {RuleError}}
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in names:
                assert "code" in {key.arg for key in node.keywords}, f"{path}:{node.lineno}"


@pytest.mark.parametrize("code", OTHERS)
def test_what_to_do(code: str) -> None:
    """Each section about an error says when it is raised and what to do, in a few lines."""
    prose = OTHERS[code].split("\n## ")[0].strip()
    assert len(prose) > 40
    assert prose.count("\n") < 4


@pytest.mark.parametrize("code", RULES)
def test_examples(code: str) -> None:
    """Each section shows the finding as it prints, and then says more."""
    shown, more = re.findall(r"```text\n(.*?)\n```\n\n(.+)", RULES[code], re.DOTALL)[0]
    assert shown.startswith(f"error[{code}]: ")
    assert len(more) > 40
    lines = re.findall(r"^ +\d+ \| (.*)$", shown, re.MULTILINE)
    if lines:
        with pytest.raises(RuleError) as caught:
            Rule(
                lines[0],
                SCHEMAS.get(code, Schema.commerce()),
                lists=["loyal"],
                cohorts=["holiday-2025"],
            )
        assert str(caught.value) == f"{shown}\n  more: docs/findings.md#{code}"
