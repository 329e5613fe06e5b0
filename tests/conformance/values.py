# ruff: noqa: E501  # a table keeps a row on a line
"""Tests on values, as a table made by hand: which values pass and which do not."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen


def moment(text: str) -> dict[str, str]:
    return {"instant": text}


@frozen
class Row:
    """A test on a word, its opposite, and the values that pass it or fail it.

    unlike: values of other types; each of them is refused.
    """

    slug: str
    positive: str
    negative: str
    passing: tuple[Any, ...]
    failing: tuple[Any, ...]
    unlike: tuple[Any, ...] = ()


NOON = moment("2026-03-14T12:00:00Z")

UNLIKE_TEXT = (5, True, ["GB"], NOON, {"code": "GB"})
TEXTS = (
    Row("equal", "{} = 'GB'", "{} != 'GB'", ("GB",), ("gb", "GBR", "G", ""), UNLIKE_TEXT),
    Row("equal-bare-word", "{} = GB", "{} != GB", ("GB",), ("US",)),
    Row("equal-empty", "{} = ''", "{} != ''", ("",), (" ", "GB")),
    Row("equal-digits", "{} = '5'", "{} != '5'", ("5",), ("5.0",), (5,)),
    Row("above", "{} > 'GB'", "NOT {} > 'GB'", ("GBA", "GC", "gb", "é"), ("GB", "GA", ""), UNLIKE_TEXT),
    Row("at-least", "{} >= 'GB'", "NOT {} >= 'GB'", ("GB", "GBA"), ("GA", "G"), UNLIKE_TEXT),
    Row("below", "{} < 'GB'", "NOT {} < 'GB'", ("GA", "G", ""), ("GB", "GBA", "a"), UNLIKE_TEXT),
    Row("at-most", "{} <= 'GB'", "NOT {} <= 'GB'", ("GB", "GA"), ("GB ", "GC"), UNLIKE_TEXT),
    Row("between", "{} between 'A' and 'C'", "{} not between 'A' and 'C'", ("A", "BZ", "C"), ("CA", "a", ""), UNLIKE_TEXT),
    Row("in", "{} in ('GB', 'US')", "{} not in ('GB', 'US')", ("GB", "US"), ("us", "DE", ""), UNLIKE_TEXT),
    Row("contains", "{} contains 'B'", "{} not contains 'B'", ("GB", "B", "ABC"), ("b", ""), (5, True, NOON, ["B"])),
    Row("contains-any", "{} contains any ('B', 'X')", "{} not contains any ('B', 'X')", ("GB", "X"), ("GA",), (5, ["X"])),
    Row("contains-all", "{} contains all ('G', 'B')", "{} not contains all ('G', 'B')", ("GB", "BAG"), ("G", "B"), (5, ["G", "B"])),
    Row("starts", "{} starts with 'GB'", "{} not starts with 'GB'", ("GB", "GBR"), ("gb", "AGB", "G", ""), UNLIKE_TEXT),
    Row("ends", "{} ends with 'GB'", "{} not ends with 'GB'", ("GB", "AGB"), ("gb", "GBR", "B", ""), UNLIKE_TEXT),
    Row("set", "{} is set", "{} is not set", ("GB", ""), ()),
)  # fmt: skip

UNLIKE_NUMBER = (True, False, ["5"], NOON, {"amount": 5})
NUMBERS = (
    Row("equal", "{} = 5", "{} != 5", (5, 5.0), (4.999999999999999, 6, -5, 0), UNLIKE_NUMBER),
    Row("equal-fraction", "{} = 0.3", "{} != 0.3", (0.3, 3e-1), (0.30000000000000004, 0.2)),
    Row("equal-zero", "{} = 0", "{} != 0", (0, -0.0), (1e-300,), (False, "")),
    Row("equal-one", "{} = 1", "{} != 1", (1,), (0,), (True,)),
    Row("above", "{} > 5", "NOT {} > 5", (5.000000000000001, 6, 1e300), (5, 4, -6), UNLIKE_NUMBER),
    Row("at-least", "{} >= 5", "NOT {} >= 5", (5, 6), (4.999999999999999,), UNLIKE_NUMBER),
    Row("below", "{} < 5", "NOT {} < 5", (4, -6, 4.999999999999999), (5, 6), UNLIKE_NUMBER),
    Row("at-most", "{} <= 5", "NOT {} <= 5", (5, 4), (5.000000000000001,), UNLIKE_NUMBER),
    Row("between", "{} between 5 and 10", "{} not between 5 and 10", (5, 7.5, 10), (4.99, 10.01), UNLIKE_NUMBER),
    Row("in", "{} in (5, 0.3)", "{} not in (5, 0.3)", (5, 5.0, 0.3), (4, 0), UNLIKE_NUMBER),
    Row("in-one", "{} in (1, 0)", "{} not in (1, 0)", (1, 0), (2,), (True, False)),
    Row("set", "{} is set", "{} is not set", (0, -1), ()),
)  # fmt: skip

UNLIKE_BOOLEAN = (1, 0, "true", ["true"], NOON)
BOOLEANS = (
    Row("true", "{} = true", "{} != true", (True,), (False,), UNLIKE_BOOLEAN),
    Row("false", "{} = false", "{} != false", (False,), (True,), (*UNLIKE_BOOLEAN, "false", "")),
    Row("in", "{} in (true)", "{} not in (true)", (True,), (False,), UNLIKE_BOOLEAN),
    Row("in-both", "{} in (true, false)", "{} not in (true, false)", (True, False), (), UNLIKE_BOOLEAN),
    Row("set", "{} is set", "{} is not set", (True, False), ()),
)  # fmt: skip

UNLIKE_TAGS = ("vip", "very vip", 5, True, {"vip": True})
TAGS = (
    Row("contains", "{} contains 'vip'", "{} not contains 'vip'", (["vip"], ["b2b", "vip"], ["vip", None]), ([], ["VIP"], ["vips"], [None]), UNLIKE_TAGS),
    Row("contains-any", "{} contains any ('vip', 'b2b')", "{} not contains any ('vip', 'b2b')", (["vip"], ["new", "b2b"]), ([], ["new"]), UNLIKE_TAGS),
    Row("contains-all", "{} contains all ('vip', 'b2b')", "{} not contains all ('vip', 'b2b')", (["b2b", "vip"], ["b2b", "new", "vip"]), ([], ["vip"], ["b2b"]), ("vip b2b",)),
    Row("set", "{} is set", "{} is not set", (["vip"], []), ()),
)  # fmt: skip


def at(text: str) -> dict[str, str]:
    return moment(f"2026-03-{text}Z")


EVE, FIRST = at("13T23:59:59.999999"), at("14T00:00:00")
LAST, MORROW = at("14T23:59:59.999999"), at("15T00:00:00")
EARLIER, NINE, LATER = at("14T08:59:59.999999"), at("14T09:00:00"), at("14T09:00:00.000001")
UNLIKE_INSTANT = ("2026-03-14", 20260314, True)
DAY, CLOCK = "2026-03-14", "2026-03-14T09:00:00Z"
INSTANTS = (
    Row("on-day", f"{{}} = {DAY}", f"{{}} != {DAY}", (FIRST, NINE, LAST), (EVE, MORROW), UNLIKE_INSTANT),
    Row("on-quoted-day", f"{{}} = '{DAY}'", f"{{}} != '{DAY}'", (FIRST, LAST), (EVE, MORROW)),
    Row("after-day", f"{{}} > {DAY}", f"NOT {{}} > {DAY}", (MORROW,), (EVE, FIRST, LAST), UNLIKE_INSTANT),
    Row("from-day", f"{{}} >= {DAY}", f"NOT {{}} >= {DAY}", (FIRST, MORROW), (EVE,), UNLIKE_INSTANT),
    Row("before-day", f"{{}} < {DAY}", f"NOT {{}} < {DAY}", (EVE,), (FIRST, MORROW), UNLIKE_INSTANT),
    Row("up-to-day", f"{{}} <= {DAY}", f"NOT {{}} <= {DAY}", (EVE, FIRST, LAST), (MORROW,), UNLIKE_INSTANT),
    Row("equal", f"{{}} = {CLOCK}", f"{{}} != {CLOCK}", (NINE, moment("2026-03-14T10:00:00+01:00")), (EARLIER, LATER), UNLIKE_INSTANT),
    Row("above", f"{{}} > {CLOCK}", f"NOT {{}} > {CLOCK}", (LATER,), (EARLIER, NINE), UNLIKE_INSTANT),
    Row("at-least", f"{{}} >= {CLOCK}", f"NOT {{}} >= {CLOCK}", (NINE, LATER), (EARLIER,), UNLIKE_INSTANT),
    Row("below", f"{{}} < {CLOCK}", f"NOT {{}} < {CLOCK}", (EARLIER,), (NINE, LATER), UNLIKE_INSTANT),
    Row("at-most", f"{{}} <= {CLOCK}", f"NOT {{}} <= {CLOCK}", (EARLIER, NINE), (LATER,), UNLIKE_INSTANT),
    Row("in", f"{{}} in ({DAY}, 2026-03-16)", f"{{}} not in ({DAY}, 2026-03-16)", (FIRST, LAST, at("16T00:00:00")), (EVE, MORROW, at("17T00:00:00")), UNLIKE_INSTANT),
    Row("set", "{} is set", "{} is not set", (NINE,), ()),
)  # fmt: skip

TABLE = {
    "country": ("sku", TEXTS),
    "points": ("total", NUMBERS),
    "optIn": ("gift", BOOLEANS),
    "tags": ("labels", TAGS),
    "renewsAt": ("shipsAt", INSTANTS),
}
"""The attribute and the property that hold values of each type, and the tests on them."""

NOWHERE: tuple[dict[str, Any], ...] = (
    {},
    {"address": None},
    {"address": {}},
    {"address": {"city": None}},
    {"address": {"town": "London"}},
)
"""Facts in which nothing lies at `address.city`."""

MISPLACED: tuple[dict[str, Any], ...] = (
    {"address": "London"},
    {"address": ["city"]},
    {"address": {"city": {"name": "London"}}},
)
"""Facts in which there is another value on the way to `address.city`, or at its end."""


def states(row: Row) -> Iterator[tuple[str, tuple[Any, ...], bool]]:
    """Yield the state, value and answer of each value; an empty tuple means a missing one."""
    yield from (("passes", (value,), True) for value in row.passing)
    yield from (("fails", (value,), False) for value in row.failing)
    yield from (("unlike", (value,), False) for value in row.unlike)
    yield "null", (None,), False
    yield "absent", (), False
