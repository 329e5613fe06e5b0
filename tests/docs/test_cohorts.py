"""The page on cohorts and retention."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from segrules import insight
from segrules.insight import as_table
from tests.docs.pages import ROOT, read, run
from tests.docs.test_reference import IMPLIED, parts

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


@pytest.mark.parametrize("name", insight.__all__)
def test_every_part_is_named(name: str) -> None:
    """A section for each public name, which names every parameter, method and property."""
    missing = {
        part
        for part in parts(getattr(insight, name))
        if part not in IMPLIED and not re.search(rf"\b{re.escape(part)}", SECTIONS[name])
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
