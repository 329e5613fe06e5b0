"""What the documentation shows is what happens."""

from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, run


@pytest.mark.parametrize("page", PAGES)
def test_python_runs(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every block of Python on a page runs, in order, as it is written."""
    for name in ("examples", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    run(page)
