"""The page on cohorts and retention."""

import re
from pathlib import Path
from typing import Any

import pytest

from segrules.insight import as_table
from tests.docs.pages import ROOT, read, run

PAGE = "docs/cohorts.md"
PRINTED = re.compile(r"<!-- printed: (\w+)(?:, (\w+))? -->\n```text\n(.*?)\n?```", re.DOTALL)


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
    assert len(shown) == 4
    for name, measure, text in shown:
        assert as_table(names[name], measure=measure or "share") == text


def test_picture(names: dict[str, Any]) -> None:
    """The page has a picture, as large as the one that it tells how to draw."""
    width, height = names["figure"].get_size_inches() * names["figure"].dpi
    header = Path(ROOT, "docs", "retention.png").read_bytes()[16:24]
    assert int.from_bytes(header[:4], "big") == int(width)
    assert int.from_bytes(header[4:], "big") == int(height)
