"""Families over many customers at once: a column of answers for each test.

Each family is asked about the customers whose facts it may find anything in; all others have the
answer of a customer without facts. Answers, a byte each, become columns by translation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from segrules.evaluation.atoms import Atom, Lone, Moment, OnList, Source, Test, Value
from segrules.evaluation.families import compile_family
from segrules.facts.history import BLANK, History
from segrules.meaning.calendar import Calendar
from segrules.plan.bits import to_column
from segrules.plan.needs import find_log_needs, find_track_needs

CODES: Final = 256
ZERO: Final = ord("0")


class Histories:
    """The histories of many customers, a row each.

    tracked: the streams that are kept as tracks, by name: a customer without such a track has no
    events of the stream.
    """

    def __init__(self, rows: Sequence[History], tracked: Collection[str]) -> None:
        self.rows, self.tracked = rows, tracked
        self._with_track: dict[str, list[int]] = {}
        self._with_type: dict[str | None, list[int]] = {}

    def choose_rows(self, source: Source) -> Sequence[int]:
        """Return the rows in which a source may find anything: all of them if it is not known."""
        streams, types = find_track_needs(source), [*find_log_needs(source)]
        names = {repr(stream): stream.event_type for stream in streams}
        types += [event_type for name, event_type in names.items() if name not in self.tracked]
        if isinstance(source, Value | Moment | OnList | Lone) or None in types:
            return range(len(self.rows))
        found = [self._find_tracks(name) for name in names] + [*map(self._find_type, types)]
        return found[0] if len(found) == 1 else sorted(set().union(*found))

    def _find_tracks(self, name: str) -> list[int]:
        if name not in self._with_track:
            rows = [row for row, history in enumerate(self.rows) if name in history.tracks]
            self._with_track[name] = rows
        return self._with_track[name]

    def _find_type(self, kind: str | None) -> list[int]:
        if kind not in self._with_type:
            rows = [row for row, history in enumerate(self.rows) if kind in history.by_type]
            self._with_type[kind] = rows
        return self._with_type[kind]


def sweep_atoms(
    atoms: Iterable[Atom], histories: Histories, at: int, calendar: Calendar
) -> dict[Atom, int]:
    """Return a column for each atom."""
    families: dict[Source, list[Atom]] = defaultdict(list)
    for atom in atoms:
        families[atom.source].append(atom)
    columns: dict[Atom, int] = {}
    for source, members in families.items():
        found = sweep_family(source, [atom.test for atom in members], histories, at, calendar)
        columns.update(zip(members, found, strict=True))
    return columns


def sweep_family(
    source: Source, tests: Sequence[Test], histories: Histories, at: int, calendar: Calendar
) -> list[int]:
    """Return a column for each test on a source."""
    bits = [(1 << place, test) for place, test in enumerate(tests)]
    look = compile_family(source, bits, calendar, patience=0)
    blank, rows, known = look(BLANK, at)[0], histories.choose_rows(source), histories.rows
    masks = [look(known[row], at)[0] for row in rows]
    codes = {mask: code for code, mask in enumerate(dict.fromkeys([blank, *masks]))}
    if len(codes) > CODES:
        # A byte cannot tell these apart: half of the tests at a time.
        half = len(tests) // 2
        parts = (tests[:half], tests[half:])
        return [c for part in parts for c in sweep_family(source, part, histories, at, calendar)]
    coded = bytearray(len(histories.rows))
    for row, mask in zip(rows, masks, strict=True):
        coded[row] = codes[mask]
    return [to_column(coded.translate(_digits([*codes], place))) for place in range(len(tests))]


def _digits(masks: Sequence[int], place: int) -> bytes:
    """Return the table from a code to the digit of one bit of its answer."""
    return bytes([ZERO + (mask >> place & 1) for mask in masks]).ljust(CODES, b"0")
