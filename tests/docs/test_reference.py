"""The page that lists the public API."""

import inspect
import re
from collections.abc import Iterator

import pytest

import segrules
from tests.docs.pages import read

PAGE = read("docs/reference.md")
SECTIONS = dict(re.findall(r"^### (\w+)$(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
IMPLIED = {"self"}
HIDDEN = {
    (segrules.Event, "order"),
    *((segrules.Plan, name) for name in dir(segrules.Plan) if name != "explain"),
}
"""What is public by its name only."""
MADE_FOR_HOSTS: set[object] = {segrules.Backfill, segrules.Plan}
"""What an engine makes: hosts do not."""


def test_every_public_name_has_its_section() -> None:
    """What the package exports is on the page, and nothing else is."""
    assert SECTIONS.keys() == set(segrules.__all__)


def parts(named: object) -> Iterator[str]:
    """Yield the parameters of a class or a function, and the methods and properties of a class."""
    is_bare_error = isinstance(named, type) and "__init__" not in vars(named)
    if callable(named) and not is_bare_error and named not in MADE_FOR_HOSTS:
        yield from inspect.signature(named).parameters
    for name in dir(named) if isinstance(named, type) else ():
        part = inspect.getattr_static(named, name)
        is_builtin = any(name in vars(kind) for kind in (object, tuple, BaseException))
        if name.startswith("_") or (named, name) in HIDDEN or is_builtin:
            continue
        if isinstance(part, property):
            yield name
        elif callable(part) or isinstance(part, classmethod | staticmethod):
            yield f"{name}("
            yield from inspect.signature(getattr(named, name)).parameters


@pytest.mark.parametrize("name", segrules.__all__)
def test_every_part_is_named(name: str) -> None:
    """A section names every parameter, method and property."""
    shown = SECTIONS[name]
    missing = {
        part
        for part in parts(getattr(segrules, name))
        if part not in IMPLIED and not re.search(rf"\b{re.escape(part)}", shown)
    }
    assert not missing
