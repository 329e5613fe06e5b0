"""Links between the pages lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    """Every link to a file of the project finds it, and the heading it names."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        file, _, heading = target.partition("#")
        found = page.parent / file if file else page
        if "://" not in target and not (
            found.exists() and (not heading or heading in _headings(found))
        ):
            broken.append(target)
    assert not broken


def _headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings; of equal ones all but the first are numbered."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
    repeated = [plain[:place].count(anchor) for place, anchor in enumerate(plain)]
    return {f"{a}-{n}" if n else a for a, n in zip(plain, repeated, strict=True)}
