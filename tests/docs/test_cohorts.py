"""The page on cohorts and retention."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segrules import insight
from segrules.insight import as_table
from tests.docs.pages import ROOT, read, run

PAGE = "docs/cohorts.md"
PRINTED = re.compile(r"<!-- printed: (\w+)(?:, (\w+))? -->\n```text\n(.*?)\n?```", re.DOTALL)
SECTIONS = dict(re.findall(r"^### (\w+)$(.*?)(?=^##|\Z)", read(PAGE), re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the page names."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "examples").symlink_to(ROOT / "examples")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return run(PAGE)


def test_tables(names: dict[str, Any]) -> None:
    """Each table on the page is what the block above it prints."""
    shown = PRINTED.findall(read(PAGE))
    assert len(shown) == 3
    for name, measure, text in shown:
        assert as_table(names[name], measure=measure or "share") == text


def test_picture(names: dict[str, Any]) -> None:
    """The page has a picture, as large as the one that it tells how to draw."""
    width, height = names["figure"].get_size_inches() * names["figure"].dpi
    header = Path(ROOT, "docs", "retention.png").read_bytes()[16:24]
    assert int.from_bytes(header[:4], "big") == int(width)
    assert int.from_bytes(header[4:], "big") == int(height)


def parts(named: object) -> Iterator[str]:
    """Yield the parameters of a class or a function, and the methods and properties of a class."""
    is_error = isinstance(named, type) and issubclass(named, Exception)
    if callable(named) and not is_error:
        yield from inspect.signature(named).parameters
    for name, part in vars(named).items() if isinstance(named, type) else ():
        if name.startswith("_"):
            continue
        if isinstance(part, property):
            yield name
        elif inspect.isfunction(part):
            yield f"{name}("
            yield from list(inspect.signature(part).parameters)[1:]


@pytest.mark.parametrize("name", insight.__all__)
def test_every_part_is_named(name: str) -> None:
    """A section for each public name, which names every parameter, method and property."""
    missing = {
        part
        for part in parts(getattr(insight, name))
        if not re.search(rf"\b{re.escape(part)}", SECTIONS[name])
    }
    assert not missing


SIGNATURES = {
    "Activity": "(event_type, schema, *, has)",
    "as_csv": "(report)",
    "as_table": "(report, *, measure)",
    "draw_heatmap": "(report, *, measure, title)",
    "retention": (
        "(customers, activity, period, *, at, start, cohorts, starts, returned, is_rolling, "
        "revenue, periods)"
    ),
}


def test_signatures() -> None:
    """Calls take these arguments, after the star by keyword only."""
    for name, said in SIGNATURES.items():
        parameters = inspect.signature(getattr(insight, name)).parameters.values()
        positional = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
        keyword = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        star = ["*", *keyword] if keyword else []
        assert f"({', '.join([*positional, *star])})" == said
