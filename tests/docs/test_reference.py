"""The page that lists the public API, which its script makes of signatures and docstrings."""

import inspect
import re
import runpy
from functools import cached_property
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from tests.docs.pages import ROOT, read

DOORS = ("segrules", "segrules.results", "segrules.syntax", "segrules.errors", "segrules.insight")
NAMES = {
    name: door
    for door in DOORS
    for name in import_module(door).__all__
    if callable(getattr(import_module(door), name))
}
PAGE = read("docs/reference.md")
TEMPLATE = read("docs/reference.template.md")
SECTIONS = dict(re.findall(r"^### (\w+)$(.*?)(?=^##? |^### |\Z)", PAGE, re.MULTILINE | re.DOTALL))
MEMBERS = dict(
    re.findall(r"^#### (\w+\.\w+)$(.*?)(?=^##? |^####? |\Z)", PAGE, re.MULTILINE | re.DOTALL)
)


@pytest.fixture(scope="module")
def script() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "reference.py")))


def plain(text: str) -> str:
    return " ".join(text.split())


def summary(documented: object) -> str:
    """Return the first paragraph of a docstring."""
    return plain((inspect.getdoc(documented) or "").split("\n\n")[0])


def test_up_to_date(script: SimpleNamespace) -> None:
    """The page is what its script makes; `python docs/reference.py` writes it."""
    assert script.render(TEMPLATE) == PAGE


def test_every_public_name_has_its_section() -> None:
    """What the package exports is on the page, and nothing else is."""
    assert SECTIONS.keys() == NAMES.keys()


@pytest.mark.parametrize("name", NAMES)
def test_docstrings_are_quoted(name: str) -> None:
    """A section has the first words of its name, and those of its methods and properties."""
    named = getattr(import_module(NAMES[name]), name)
    assert summary(named) in plain(SECTIONS[name])
    for key, part in vars(named).items() if isinstance(named, type) else ():
        if key.startswith("_"):
            continue
        if inspect.isfunction(part) or isinstance(part, classmethod | property | cached_property):
            first = summary(inspect.getattr_static(named, key)).split(". ")[0]
            assert first in plain(MEMBERS[f"{name}.{key}"])


def test_check(script: SimpleNamespace, capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    """With `--check` the script tells whether the page is up to date, and where it is not."""
    assert script.main(["--check"]) == 0
    old = tmp_path / "reference.md"
    old.write_text(PAGE.replace("# Reference", "# An old reference", 1))
    script.main.__globals__["PAGE"] = old
    assert script.main(["--check"]) == 1
    assert "-# An old reference" in capsys.readouterr().out
    assert script.main([]) == 0
    assert old.read_text() == PAGE


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("names: Rule, ", "names: ", "Rule is missing"),
        ("names: Rule, ", "names: Rule, Hat, ", "Hat is not public"),
        ("names: Rule, ", "names: Rule, Rule, ", "Rule stands twice"),
    ],
)
def test_names(script: SimpleNamespace, old: str, new: str, problem: str) -> None:
    """A template shows every public name once."""
    with pytest.raises(script.PageError, match=problem):
        script.render(TEMPLATE.replace(old, new))


def test_anchors(script: SimpleNamespace) -> None:
    """Links to a name lead to its own section, though other headings may be called the same."""
    page = (
        "# Reference\n\n## Retention\n\n### retention\n\n### Retention\n\n### Row\n\n#### Row.name"
    )
    assert script.find_anchors(page) == {
        "retention": "retention-1",
        "Retention": "retention-2",
        "Row": "row",
    }
    assert "[`retention`](#retention-1)" in PAGE


def test_words_become_a_list(script: SimpleNamespace) -> None:
    """The words that a docstring explains become a list, and what is raised stands below it."""

    def greet() -> None:
        """Greet a customer.

        By default in English. name, title: how. at: when: now or then. Note: not a word of it.
        Raises FactError.

        name: once more.

        at: and again.
        """

    assert list(script.text(greet, ["name", "title", "at"])) == [
        "Greet a customer.",
        "By default in English.",
        "- `name`, `title`: how.\n- `at`: when: now or then. Note: not a word of it.",
        "Raises FactError.",
        "- `name`: once more.\n- `at`: and again.",
    ]


def test_signatures(script: SimpleNamespace) -> None:
    """Types have no modules, unions have bars, and long calls have a line for each parameter."""

    def find(name: "str | None", *, at: Any = 0, limit: int = 3) -> "dict[str, int] | None":
        return None if name is None else {name: at or limit}

    shown = script.call("find", inspect.signature(find))
    assert shown == (
        "find(name: str | None, *, at: Any = 0, limit: int = 3) -> dict[str, int] | None"
    )
    long = script.call("find_by_a_very_long_name", inspect.signature(find))
    assert long.splitlines()[1:4] == ["    name: str | None,", "    *,", "    at: Any = 0,"]
