"""What the documentation shows is what happens."""

from pathlib import Path

import pytest

from segrules import Rule, RuleError, Schema
from tests.docs.pages import PAGES, ROOT, blocks, run


@pytest.mark.parametrize("page", PAGES)
def test_python_runs(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every block of Python on a page runs, in order, as it is written.

    What the page reads lies in the folder: the project's examples, and the page's own TOML.
    """
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for block in blocks(page, "toml"):
        (tmp_path / "schema.toml").write_text(block.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    run(page)


def test_readme_shows_an_error() -> None:
    """The error on the first page is the one that its rule gets."""
    [shown] = [b.text for b in blocks("README.md", "text") if b.text.startswith("error[")]
    with pytest.raises(RuleError) as error:
        Rule("totalSpend > 500", Schema.commerce())
    assert str(error.value) == shown.rstrip()
