"""The page on findings."""

import ast
import re
from pathlib import Path

import pytest

import segrules
from segrules import Rule, RuleError, Schema
from segrules.language.mistakes.mistake import CODES as MISTAKES
from segrules.meaning.checking.findings import CODES
from tests.docs.pages import read

PAGE = read("docs/findings.md")
SECTIONS = dict(re.findall(r"^### (\S+)$(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
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
    """Each code that a finding can have is explained here, and nothing else is."""
    assert SECTIONS.keys() == FOUND | MISTAKES.keys() | CODES.keys()


@pytest.mark.parametrize("code", SECTIONS)
def test_examples(code: str) -> None:
    """Each section shows the finding as it prints, and then says more."""
    shown, more = re.findall(r"```text\n(.*?)\n```\n\n(.+)", SECTIONS[code], re.DOTALL)[0]
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
