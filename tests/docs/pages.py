"""Pages of the documentation, and running what is on them.

A page's Python runs block after block in one namespace, as a reader would type it. A block of
`>>>` is a doctest. To have another page run, add it to `PAGES`; the page on cohorts is run by its
own tests, which look at what it has made.
"""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/builders.md",
    "docs/command-line.md",
    "docs/embedding.md",
    "docs/findings.md",
    "docs/from-json.md",
    "docs/language.md",
    "docs/reference.md",
    "docs/running.md",
    "docs/schedules.md",
    "docs/schema.md",
    "docs/lists.md",
]

_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<kind>[\w-]+)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)


@frozen
class Block:
    """A fenced block: what it is said to be, its text, and the line of the page it begins on."""

    kind: str
    text: str
    line: int


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str, kind: str) -> list[Block]:
    """Return the blocks of a kind on a page."""
    text = read(page)
    return [
        Block(
            kind,
            _dedent(found["body"], found["indent"]),
            text.count("\n", 0, found.end("kind")) + 2,
        )
        for found in _BLOCK.finditer(text)
        if found["kind"] == kind
    ]


def paragraphs(block: Block) -> Iterator[str]:
    """Yield the parts of a block that empty lines separate."""
    yield from re.split(r"\n\s*\n", block.text.strip())


def run(page: str) -> dict[str, Any]:
    """Run the Python on a page, and return what it has named."""
    names: dict[str, Any] = {"__name__": page}
    for block in blocks(page, "python"):
        if block.text.lstrip().startswith(">>>"):
            _run_session(block, page, names)
        else:
            # What comes before the block is left blank, so that errors name the page's own lines.
            code = compile("\n" * (block.line - 1) + block.text, str(ROOT / page), "exec")
            exec(code, names)  # noqa: S102  # running the page is the test
    return names


def _run_session(block: Block, page: str, names: dict[str, Any]) -> None:
    session = doctest.DocTestParser().get_doctest(block.text, names, page, page, block.line - 1)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    told: list[str] = []
    runner.run(session, out=told.append, clear_globs=False)
    names.update(session.globs)
    assert not told, "".join(told)


def _dedent(text: str, indent: str) -> str:
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
