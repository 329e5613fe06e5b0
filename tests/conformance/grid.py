"""The grid of cases: every operator in every state, and its opposite.

`python -m tests.conformance.grid` writes them from the tables beside this module. Negatives and
missing values follow from the second law, the instants of change from the table of windows.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import segrules.conformance
from segrules.language.version import LANGUAGE_VERSION
from tests.conformance import values, windows

Line: TypeAlias = dict[str, Any]

FILE = Path(segrules.conformance.__file__).parent / "cases" / "grid.json"
NOON = "2026-03-14T12:00:00Z"
TICK = timedelta(microseconds=1)
SENTENCES = {
    "time": "a window takes an instant in and lets it go at the very microsecond, either way round",
    "window": "a window lies between two cuts, to the microsecond",
    "not-not": "twice the opposite is the thing itself",
    "not": "each negative is the exact opposite of its positive, where the value is missing too",
    "no": "`no event` is the exact opposite of `any event`",
    "passes": "a value that passes the test",
    "fails": "a value that fails the test",
    "unlike": "nothing is coerced: a value of an unlike type is refused",
    "null": "null is missing, and what is missing passes no test",
    "absent": "what is missing passes no test",
    "nowhere": "a path that leads nowhere is missing, and what is missing passes no test",
    "path": "a dotted name walks into nested mappings",
}
"""What a case shows, by the first of these words in its id."""


def main() -> None:
    """Write the file that ships."""
    FILE.write_text(render(), encoding="utf-8")


def render() -> str:
    """Return the text of the file, a case a line."""
    lines = [line | {"id": f"grid/{line['id']}"} for line in cases()]
    seen: dict[str, int] = {}
    for line in lines:
        number = seen[line["id"]] = seen.get(line["id"], 0) + 1
        line["id"] += f"/{number}"
        if "/unlike/" in line["id"]:
            line["expected"] = {"refused": "wrong-type"}
    body = ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    return f'{{"language_version": "{LANGUAGE_VERSION}", "cases": [\n{body}\n]}}\n'


def cases() -> Iterator[Line]:
    """Yield every case of the grid."""
    for attribute, (property_name, rows) in values.TABLE.items():
        for row in rows:
            yield from _of_attribute(attribute, row)
            yield from _of_property(property_name, row)
    yield from _of_path()
    for window in (*windows.SHOP, *windows.ABROAD):
        yield from _as_time_passes(window)
        yield from _edges(window)
    for window in windows.SHOP:
        yield from _without_instant(window)


def _of_attribute(attribute: str, row: values.Row) -> Iterator[Line]:
    for state, found, holds in values.states(row):
        facts = {"attributes": _known(attribute, found)}
        name = f"value/{attribute}/{row.slug}/{state}"
        yield _case(name, row.positive.format(attribute), facts, holds=holds)
        yield _case(f"{name}/not", row.negative.format(attribute), facts, holds=not holds)
    doubled = f"NOT ({row.negative.format(attribute)})"
    for state, found, holds in (_first_of(row, "passes"), _first_of(row, "null")):
        facts = {"attributes": _known(attribute, found)}
        yield _case(f"value/{attribute}/{row.slug}/{state}/not-not", doubled, facts, holds=holds)


def _of_property(name: str, row: values.Row) -> Iterator[Line]:
    positive, negative = row.positive.format(name), row.negative.format(name)
    chosen = {state: _first_of(row, state) for state, _, _ in values.states(row)}
    for state, found, holds in chosen.values():
        event = {"type": "purchase", "at": "2026-03-01T12:00:00Z"}
        facts = {"events": [event | {"properties": _known(name, found)}]}
        place = f"property/{name}/{row.slug}/{state}"
        asked = "event of type 'purchase' has"
        yield _case(place, f"any {asked} {positive}", facts, holds=holds)
        yield _case(f"{place}/no", f"no {asked} {positive}", facts, holds=not holds)
        yield _case(f"{place}/not", f"any {asked} ({negative})", facts, holds=not holds)


def _known(name: str, found: tuple[Any, ...]) -> Line:
    return {name: found[0]} if found else {}


def _first_of(row: values.Row, wanted: str) -> tuple[str, tuple[Any, ...], bool]:
    empty = (wanted, (None,), False)
    return next((each for each in values.states(row) if each[0] == wanted), empty)


def _of_path() -> Iterator[Line]:
    present: Line = {"attributes": {"address": {"city": "London"}}}
    for name, positive, negative in (
        ("equal", "address.city = 'London'", "address.city != 'London'"),
        ("contains", "address.city contains 'on'", "address.city not contains 'on'"),
    ):
        yield _case(f"path/{name}", positive, present, holds=True)
        yield _case(f"path/{name}/not", negative, present, holds=False)
        for attributes in values.NOWHERE:
            facts = {"attributes": attributes}
            yield _case(f"path/{name}/nowhere", positive, facts, holds=False)
            yield _case(f"path/{name}/nowhere/not", negative, facts, holds=True)
        for attributes in values.MISPLACED:
            facts = {"attributes": attributes}
            yield _case(f"path/{name}/unlike", positive, facts, holds=False)
            yield _case(f"path/{name}/unlike/not", negative, facts, holds=False)


def _as_time_passes(row: windows.Row) -> Iterator[Line]:
    """Yield questions about one instant, around the times when it enters and leaves the window."""
    if not row.instant:
        return
    instant = _instant(row.instant)
    enters = _instant(row.enters) if row.enters else None
    leaves = _instant(row.leaves) if row.leaves else None
    facts: Line = {"attributes": {"renewsAt": {"instant": _iso(instant)}}}
    forms = [
        (f"renewsAt {row.when}", facts, True),
        (f"renewsAt not {row.when}", facts, False),
    ]
    yield from _over(row, "attribute", forms, enters, leaves)
    if row.when.startswith("within next"):
        return
    happens = instant if enters is None else max(instant, enters)
    facts = {"events": [{"type": "purchase", "at": _iso(instant)}]}
    forms = [(text.format(row.when), facts, positive) for text, positive in _event_forms(row)]
    yield from _over(row, "event", forms, happens, leaves)


def _event_forms(row: windows.Row) -> list[tuple[str, bool]]:
    forms = [
        ("any event of type 'purchase' {}", True),
        ("no event of type 'purchase' {}", False),
    ]
    if row.slug in windows.WIDELY_ASKED:
        forms += [
            ("any event of type 'purchase' not {}", False),
            ("no event of type 'purchase' not {}", True),
            ("first event of type 'purchase' {}", True),
            ("first event of type 'purchase' not {}", False),
            ("last event of type 'purchase' {}", True),
            ("last event of type 'purchase' not {}", False),
            ("any event {}", True),
            ("count of orders {} >= 1", True),
            ("count of orders {} < 1", False),
            ("lastOrderAt {}", True),
            ("lastOrderAt not {}", False),
        ]
    return forms


def _over(
    row: windows.Row,
    subject: str,
    forms: list[tuple[str, Line, bool]],
    enters: datetime | None,
    leaves: datetime | None,
) -> Iterator[Line]:
    turns = (("enters", enters), ("leaves", leaves))
    for edge, turn in ((edge, turn) for edge, turn in turns if turn is not None):
        for tick in (-1, 0, 1):
            at = turn + tick * TICK
            before = enters is not None and at < enters
            after = leaves is not None and at >= leaves
            until = enters if before else None if after else leaves
            name = f"time/{row.schema}/{row.slug}/{subject}/{edge}{tick:+d}"
            for rule, facts, positive in forms:
                holds = (not before and not after) is positive
                case = _case(name, rule, facts, holds=holds, at=_iso(at), schema=row.schema)
                yield case | {"expected": {"holds": holds, "until": until and _iso(until)}}


def _edges(row: windows.Row) -> Iterator[Line]:
    """Yield questions at one instant, about instants around both ends of the window."""
    for edge, end in (("start", row.start), ("end", row.end)):
        for tick in (-1, 0) if end else ():
            lies = _instant(end) + tick * TICK
            facts = {"attributes": {"renewsAt": {"instant": _iso(lies)}}}
            case = _case(
                f"window/{row.schema}/{row.slug}/{edge}{tick:+d}",
                f"renewsAt {row.when}",
                facts,
                holds=(tick == 0) is (edge == "start"),
                at=_iso(_instant(row.at)),
                schema=row.schema,
            )
            if not row.instant:
                case["expected"]["until"] = None
            yield case


def _without_instant(row: windows.Row) -> Iterator[Line]:
    """Yield questions about a missing instant, and about values of other types."""
    facts: dict[str, Line] = {
        "absent": {},
        "null": {"attributes": {"renewsAt": None}},
        "unlike": {"attributes": {"renewsAt": True}},
    }
    for state, known in facts.items():
        for name, text, holds in (
            (f"missing/{row.slug}/{state}", "renewsAt {}", False),
            (f"missing/{row.slug}/{state}/not", "renewsAt not {}", True),
        ):
            case = _case(name, text.format(row.when), known, holds=holds)
            yield case | {"expected": {"holds": holds, "until": None}}


def _case(
    name: str, rule: str, facts: Line, *, holds: bool, at: str = NOON, schema: str = "shop"
) -> Line:
    family, *rest = name.split("/")
    return {
        "id": name,
        "sentence": next(said for key, said in SENTENCES.items() if key in (family, *rest)),
        "schema": schema,
        "rule": rule,
        "at": at,
        "facts": facts,
        "expected": {"holds": holds},
    }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


if __name__ == "__main__":
    main()
