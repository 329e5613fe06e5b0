"""Misfits: what is wrong with facts, each with the path of the value, never the value itself."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NoReturn, TypeAlias

from attrs import frozen

from segrules.data import Data, read_fields, write_fields
from segrules.facts.arguments import FactError, describe_kind

Path: TypeAlias = tuple[str | int, ...]
"""What leads to a value: names in mappings, and places in lists, from 0."""

EXPECTED: Final[Mapping[str, str]] = {
    "beyond-the-calendar": "an instant in the years 1 to 9999",
    "float-id": "text or a whole number",
    "no-time-zone": "an instant with its offset from UTC",
    "not-a-name": "text that is not empty",
    "not-an-instant": "an instant with its offset from UTC",
    "number-not-finite": "a finite number",
    "number-out-of-range": "a number between 1e-400 and 1e308",
}
"""What is expected where a value is refused with a code."""

LINES_SHOWN: Final = 20
_NAME: Final = re.compile(r"[^\W\d][\w$-]{0,79}")
_LONGEST_PATH: Final = 200


@frozen
class Misfit:
    """One value that is not a fact, or does not fit a schema.

    code: stable, in kebab case, with a section in docs/findings.md. path: where, such as
    `line_items[3].price`; empty for a fact as a whole. expected, found: kinds of values, in words;
    None if the kind is not what is wrong.
    """

    code: str
    path: str
    message: str
    expected: str | None = None
    found: str | None = None

    def to_data(self) -> Data:
        """Return the misfit as JSON's types."""
        return write_fields(self)

    @classmethod
    def from_data(cls, data: object) -> "Misfit":
        """Return the misfit that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def __str__(self) -> str:
        return self.message


def refuse(misfits: Sequence[Misfit]) -> NoReturn:
    """Raise FactError with everything that is wrong, one line each up to a number of them."""
    first, more = misfits[0], len(misfits) - LINES_SHOWN
    lines = [str(misfit) for misfit in misfits[:LINES_SHOWN]]
    lines += [f"and {more:,} more"] if more > 0 else []
    raise FactError("\n".join(lines), code=first.code, subject=first.path or None, findings=misfits)


def try_fact(make: Callable[[], object], path: str, given: object) -> tuple[Misfit, ...]:
    """Return what a function that makes a fact finds wrong; nothing if it makes one.

    path, given: of the fact, for an error that has no findings of its own.
    """
    try:
        make()
    except FactError as error:
        if error.findings:
            return error.findings
        expected, found = EXPECTED.get(error.code), describe_kind(given)
        return (Misfit(error.code, path, str(error), expected, found),)
    return ()


def name_path(path: Path) -> str:
    """Return a path as text, such as `line_items[3].price`.

    A key that is not a plain name may be a customer's value, such as an address: it is left out.
    """
    steps = [
        f"[{step}]" if isinstance(step, int) else f".{step if _NAME.fullmatch(step) else '…'}"
        for step in path
    ]
    text = "".join(steps).removeprefix(".")
    return text if len(text) <= _LONGEST_PATH else f"{text[:_LONGEST_PATH]}…"


def show_path(path: Path) -> str:
    """Return a path as messages show it."""
    return f"`{name_path(path)}`"
