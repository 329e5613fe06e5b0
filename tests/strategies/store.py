"""A small store for properties: a schema of every kind of word, its rules and its customers.

Instants lie on a coarse grid around the end of a month in which the clocks change, so that events,
windows and questions often meet on the very same microsecond.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from segrules import Customer, Event, Rule, RuleError, Schema

SCHEMA = Schema.from_data(
    {
        "timezone": "Europe/London",
        "week_starts": "sunday",
        "attributes": {
            "country": {"type": "text", "values": ["GB", "US", "DE"]},
            "address.city": "text",
            "points": "number",
            "optIn": {"type": "boolean", "updated_by": ["signup"]},
            "renewsAt": "instant",
            "tags": "tags",
            "homes": {
                "type": "objects",
                "of": {
                    "city": "text",
                    "main": "boolean",
                    "movedAt": "instant",
                    "size.rooms": "number",
                    "keys": {"type": "objects", "of": {"kind": "text", "codes": "tags"}},
                },
            },
            "spent": {"derived": "sum of total of orders"},
            "recentSpend": {"derived": "sum of total of orders within 7 days"},
            "average": {"derived": "avg of total of orders"},
            "orderCount": {"derived": "count of orders"},
            "lastOrderAt": {"derived": "time of last purchase"},
            "firstSeenAt": {"derived": "time of first event"},
            "lastActivityAt": {"derived": "time of last event"},
            "tier": {
                "stages": [
                    {
                        "value": "lapsed",
                        "rule": "orderCount > 0 AND lastActivityAt before 7 days ago",
                    },
                    {"value": "loyal", "rule": "count of orders within 1 month >= 2"},
                    {"value": "buyer", "rule": "orderCount > 0"},
                ]
            },
            "mood": {
                "stages": [
                    {"value": "keen", "rule": "tier = 'loyal' OR any event within 2 days"},
                    {"value": "cool", "rule": "tier is set"},
                ]
            },
        },
        "collections": {"orders": "purchase"},
        "events": {
            "purchase": {
                "properties": {
                    "total": "number",
                    "sku": "text",
                    "gift": "boolean",
                    "labels": "tags",
                    "shipsAt": "instant",
                    "ship.city": "text",
                    "lines": {
                        "type": "objects",
                        "of": {
                            "sku": "text",
                            "quantity": "number",
                            "dueAt": "instant",
                            "labels": "tags",
                            "taxes": {"type": "objects", "of": {"rate": "number"}},
                        },
                    },
                }
            },
            "view": {"properties": {"path": "text", "device": "text", "total": "number"}},
            "cart": {"properties": {"total": "number", "expiresAt": "instant"}},
            "signup": {},
        },
    }
)

CENTRE = datetime(2026, 3, 29, tzinfo=UTC)
"""The day on which clocks in London go forward, close to the end of a month."""

MICROSECOND = timedelta(microseconds=1)


def instants(days: int = 40) -> st.SearchStrategy[datetime]:
    """Instants on a grid of six hours, some of them a microsecond off."""
    offsets = st.integers(-4 * days, 4 * days).map(lambda n: timedelta(hours=6 * n))
    nudges = st.sampled_from([timedelta(0)] * 4 + [MICROSECOND, -MICROSECOND])
    return st.builds(lambda offset, nudge: CENTRE + offset + nudge, offsets, nudges)


NUMBERS = st.one_of(
    st.integers(-3, 5),
    st.sampled_from([0.1, 0.2, 0.3, -0.1, 2.5, 1e-3]),
)
TEXTS = st.sampled_from(["GB", "US", "DE", "/p/1", "/p/2", "mobile", "", "London"])


UNLIKE = st.one_of(st.none(), st.booleans(), st.integers(0, 2), TEXTS)
TAGS = st.lists(st.sampled_from(["vip", "b2b", "new", 1, 2.5]), max_size=3)
MIXED = st.lists(st.one_of(UNLIKE, TAGS), max_size=3)
"""Lists without objects, of values of any kind."""

_VALUES: dict[str, dict[str, st.SearchStrategy[Any] | str]] = {
    "attributes": {
        "country": st.sampled_from(["GB", "US", "DE"]),
        "address": st.one_of(st.fixed_dictionaries({"city": TEXTS}), st.none()),
        "points": NUMBERS,
        "optIn": st.booleans(),
        "renewsAt": instants(),
        "tags": TAGS,
        "homes": "home",
    },
    "home": {
        "city": TEXTS,
        "main": st.booleans(),
        "movedAt": instants(),
        "size": st.fixed_dictionaries({"rooms": NUMBERS}),
        "keys": "key",
    },
    "key": {"kind": TEXTS, "codes": TAGS},
    "properties": {
        "total": NUMBERS,
        "sku": TEXTS,
        "gift": st.booleans(),
        "labels": TAGS,
        "shipsAt": instants(),
        "expiresAt": instants(),
        "ship": st.fixed_dictionaries({"city": TEXTS}),
        "path": TEXTS,
        "device": st.sampled_from(["mobile", "desktop"]),
        "lines": "line",
    },
    "line": {
        "sku": TEXTS,
        "quantity": NUMBERS,
        "dueAt": instants(),
        "labels": TAGS,
        "taxes": "tax",
    },
    "tax": {"rate": NUMBERS},
}
"""Values by name; where another of these is named, a list of such objects."""


@cache
def _parts(kind: str, *, fit: bool) -> st.SearchStrategy[dict[str, Any]]:
    unlike = st.none() if fit else st.one_of(UNLIKE, MIXED)
    each = {
        name: _objects(values, fit=fit) if isinstance(values, str) else values
        for name, values in _VALUES[kind].items()
    }
    return st.fixed_dictionaries(
        {}, optional={name: st.one_of(v, v, v, unlike) for name, v in each.items()}
    )


@st.composite
def _facts(draw: st.DrawFn, kind: str, *, fit: bool) -> dict[str, Any]:
    """Draw facts of which any may be missing, or now and then something else."""
    return draw(_parts(kind, fit=fit))


@st.composite
def _objects(draw: st.DrawFn, kind: str, *, fit: bool) -> list[Any]:
    """Draw a list of objects; of what does not fit, now and then with something else among them."""
    each = _facts(kind, fit=fit)
    return draw(st.lists(each if fit else st.one_of(each, each, each, UNLIKE), max_size=3))


ATTRIBUTES = _facts("attributes", fit=False)
FITTING_ATTRIBUTES = _facts("attributes", fit=True)
"""Attributes that fit the schema."""
HOMES = st.lists(_facts("home", fit=True), max_size=3)
"""Objects for one of them, a list."""


def _events(*, fit: bool) -> st.SearchStrategy[Event]:
    return st.builds(
        Event,
        st.sampled_from(["purchase", "purchase", "view", "cart", "signup"]),
        at=instants(),
        properties=_facts("properties", fit=fit),
        id=st.one_of(st.none(), st.sampled_from([f"e{n}" for n in range(40)])),
    )


EVENTS = _events(fit=False)
FITTING_EVENTS = _events(fit=True)
"""Events that fit the schema."""

CUSTOMERS = st.builds(
    Customer,
    st.just("c1"),
    FITTING_ATTRIBUTES,
    st.lists(FITTING_EVENTS, max_size=8, unique_by=lambda e: e.id or object()),
    lists=st.sets(st.sampled_from(["picked"])),
    cohorts=st.sets(st.sampled_from(["march"])),
)

# Rules, as text

DURATIONS = st.sampled_from(
    [
        "6 hours",
        "24h",
        "1 day",
        "2 days",
        "7 days",
        "1 week",
        "10 days",
        "1 month",
        "2 months",
        "1 quarter",
        "1 year",
        "30 min",
    ]
)
DATES = st.sampled_from(["2026-03-28", "2026-03-29", "2026-04-01", "2026-02-28"])
DATETIMES = st.sampled_from(["2026-03-29T00:00:00Z", "2026-03-28T18:00:00+00:00"])
PERIODS = st.sampled_from(
    [
        "2026",
        "2026-Q1",
        "2026-03",
        "2026-03-29",
        "today",
        "yesterday",
        "this week",
        "last week",
        "this month",
        "last month",
        "this quarter",
        "last quarter",
        "this year",
        "last year",
    ]
)
POINTS = st.one_of(DATES, DATETIMES, DURATIONS.map("{} ago".format))
QUOTED = TEXTS.map("'{}'".format)
LITERALS = st.sampled_from(["0", "1", "0.3", "2", "2.5", "-0.1", "3"])
COMPARISONS = st.sampled_from(["=", "!=", ">", ">=", "<", "<="])
NEGATION = st.sampled_from(["", "", "not "])
EVENT_TYPES = st.sampled_from(["purchase", "view", "cart"])


def _said(form: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda chosen: form.format(**chosen))


def _bounds(points: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Two bounds between which something may lie."""
    pairs = st.tuples(points, points).map(" and ".join)
    return pairs.filter(lambda pair: _is_legal(f"a between {pair}"))


@cache
def _is_legal(text: str) -> bool:
    try:
        Rule(text, Schema.open())
    except RuleError:
        return False
    return True


WHENS = st.one_of(
    _said("within {d}", d=DURATIONS),
    _said("since {p}", p=POINTS),
    _said("after {p}", p=POINTS),
    _said("before {p}", p=POINTS),
    _said("between {b}", b=_bounds(POINTS)),
    _said("in {p}", p=PERIODS),
)
RANGES = _bounds(LITERALS)


def _tests(name: str, kind: str) -> st.SearchStrategy[str]:
    """Conditions on an attribute or a property of a type."""
    is_set = _said(f"{name} is {{n}}set", n=NEGATION)
    match kind:
        case "text":
            return st.one_of(
                is_set,
                _said(f"{name} {{c}} {{v}}", c=COMPARISONS, v=QUOTED),
                _said(f"{name} {{n}}in ({{v}}, {{w}})", n=NEGATION, v=QUOTED, w=QUOTED),
                _said(f"{name} {{n}}contains {{v}}", n=NEGATION, v=QUOTED),
                _said(f"{name} {{n}}starts with {{v}}", n=NEGATION, v=QUOTED),
                _said(f"{name} {{n}}ends with {{v}}", n=NEGATION, v=QUOTED),
            )
        case "number":
            return st.one_of(
                is_set,
                _said(f"{name} {{c}} {{v}}", c=COMPARISONS, v=LITERALS),
                _said(f"{name} {{n}}in ({{v}}, {{w}})", n=NEGATION, v=LITERALS, w=LITERALS),
                _said(f"{name} {{n}}between {{b}}", n=NEGATION, b=RANGES),
            )
        case "boolean":
            return st.one_of(is_set, _said(f"{name} {{c}} true", c=st.sampled_from(["=", "!="])))
        case "tags":
            vips = st.sampled_from(
                ["'vip'", "any ('vip', 'b2b')", "all ('vip', 'b2b')", "1.0", "all ('vip', 2.5)"]
            )
            return st.one_of(is_set, _said(f"{name} {{n}}contains {{v}}", n=NEGATION, v=vips))
        case "objects":
            return st.one_of(
                is_set, *[_said(f"{name} {{n}}has {{f}}", n=NEGATION, f=element_filters(name))] * 4
            )
        case _:
            return st.one_of(
                is_set,
                _said(f"{name} {{n}}{{w}}", n=NEGATION, w=WHENS),
                _said(f"{name} within next {{d}}", d=DURATIONS),
                _said(f"{name} {{c}} {{v}}", c=COMPARISONS, v=DATES),
                _said(f"{name} {{n}}in ({{v}}, {{w}})", n=NEGATION, v=DATES, w=DATES),
            )


_PROPERTIES = {
    "purchase": [
        ("total", "number"),
        ("sku", "text"),
        ("gift", "boolean"),
        ("labels", "tags"),
        ("shipsAt", "instant"),
        ("ship.city", "text"),
        ("lines", "objects"),
        ("lines", "objects"),
    ],
    "view": [("path", "text"), ("device", "text"), ("total", "number")],
    "cart": [("total", "number"), ("expiresAt", "instant")],
}


_FIELDS = {
    "homes": [
        ("city", "text"),
        ("main", "boolean"),
        ("movedAt", "instant"),
        ("size.rooms", "number"),
        ("keys", "objects"),
    ],
    "keys": [("kind", "text"), ("codes", "tags")],
    "lines": [
        ("sku", "text"),
        ("quantity", "number"),
        ("dueAt", "instant"),
        ("labels", "tags"),
        ("taxes", "objects"),
    ],
    "taxes": [("rate", "number")],
}


@st.composite
def element_filters(draw: st.DrawFn, name: str) -> str:
    """Draw what may follow `has` of a list of objects."""
    return draw(_groups(_FIELDS[name], draw(st.sampled_from([1, 1, 2])), FLAT))


@st.composite
def filters(draw: st.DrawFn, event_type: str) -> str:
    """Draw what may follow `has`, or nothing."""
    number = draw(st.sampled_from([0, 0, 0, 1, 1, 2]))
    return f" has {draw(_groups(_PROPERTIES[event_type], number, FORMS))}" if number else ""


FLAT = ["{} AND {}", "{} OR {}"]
FORMS = [*FLAT, "{} AND NOT ({})"]


@st.composite
def _groups(draw: st.DrawFn, words: list[tuple[str, str]], number: int, forms: list[str]) -> str:
    """Draw one condition, or two in parentheses."""
    choice = st.sampled_from(words).flatmap(lambda word: _tests(*word))
    parts = [draw(choice) for _ in range(number)]
    if number == 1:
        return draw(st.sampled_from(["{}", "{}", "NOT ({})"])).format(*parts)
    return f"({draw(st.sampled_from(forms)).format(*parts)})"


@st.composite
def event_conditions(draw: st.DrawFn, that: str = "") -> str:
    """Draw a condition on events; `that` is a clause with which it ends."""
    event_type = draw(EVENT_TYPES)
    which = draw(st.sampled_from(["any", "no", "first", "last"]))
    when = that or draw(st.one_of(st.just(""), _said(" {n}{w}", n=NEGATION, w=WHENS)))
    return f"{which} event of type '{event_type}'{draw(filters(event_type))}{when}"


@st.composite
def aggregates(draw: st.DrawFn, that: str = "") -> str:
    """Draw a condition on a number computed from events."""
    event_type = draw(EVENT_TYPES)
    source = f"events of type '{event_type}'"
    if event_type == "purchase" and draw(st.booleans()):
        source = "orders"
    of = draw(
        st.sampled_from(
            [
                "count of",
                "count of distinct total of",
                "sum of total of",
                "sum of distinct total of",
                "avg of total of",
                "min of total of",
                "max of total of",
            ]
        )
    )
    when = that or draw(st.one_of(st.just(""), WHENS.map(" {}".format)))
    test = draw(
        st.one_of(
            _said(" {c} {v}", c=COMPARISONS, v=LITERALS),
            _said(" between {b}", b=RANGES),
        )
    )
    return f"{of} {source}{draw(filters(event_type))}{when}{test}"


ATTRIBUTE_CONDITIONS = (
    st.sampled_from(
        [
            ("country", "text"),
            ("address.city", "text"),
            ("points", "number"),
            ("optIn", "boolean"),
            ("renewsAt", "instant"),
            ("tags", "tags"),
            ("homes", "objects"),
            ("homes", "objects"),
            ("spent", "number"),
            ("recentSpend", "number"),
            ("average", "number"),
            ("orderCount", "number"),
            ("lastOrderAt", "instant"),
            ("firstSeenAt", "instant"),
            ("lastActivityAt", "instant"),
        ]
    )
    .flatmap(lambda word: _tests(*word))
    .filter(lambda text: not text.startswith("country"))
)

STAGED = st.sampled_from(
    [
        "tier = 'loyal'",
        "tier != 'buyer'",
        "tier in ('lapsed', 'buyer')",
        "tier is set",
        "mood = 'keen'",
        "mood is not set",
        "country = 'GB'",
        "country not in ('US', 'DE')",
    ]
)
LISTED = st.sampled_from(["in segment 'picked'", "in cohort 'march'"])

CONDITIONS = st.one_of(
    event_conditions(),
    aggregates(),
    ATTRIBUTE_CONDITIONS,
    event_conditions(),
    aggregates(),
    STAGED,
    LISTED,
)


@st.composite
def that_groups(draw: st.DrawFn) -> str:
    """Draw an AND group whose later condition speaks of the event an earlier one finds."""
    event_type = draw(EVENT_TYPES)
    which = draw(st.sampled_from(["any", "first", "last"]))
    when = draw(st.one_of(st.just(""), WHENS.map(" {}".format)))
    anchor = f"{which} event of type '{event_type}'{draw(filters(event_type))}{when}"
    clause = draw(
        st.sampled_from(
            [
                " since that {}",
                " after that {}",
                " before that {}",
                " between that {} and 1 day ago",
                " between 7 days ago and that {}",
            ]
        )
    ).format(event_type)
    later = draw(
        st.one_of(
            event_conditions(clause),
            aggregates(clause),
            st.just(f"renewsAt{clause}"),
            st.just(f"lastOrderAt not{clause}"),
        )
    )
    return f"{anchor} AND {later}"


@st.composite
def lone_conditions(draw: st.DrawFn) -> str:
    """Draw a condition whose filter moves with the clock; its window may end at another event."""
    event_type, name = draw(st.sampled_from([("purchase", "shipsAt"), ("cart", "expiresAt")]))
    moves = st.one_of(
        _said(f"{name} within next {{d}}", d=DURATIONS),
        _said(f"{name} within {{d}}", d=DURATIONS),
        _said(f"{name} before {{d}} ago", d=DURATIONS),
        _said(f"{name} in {{p}}", p=st.sampled_from(["today", "this week", "last month"])),
    )
    other = draw(st.sampled_from(["", " AND total > 0", " OR total > 0"]))
    moving = draw(moves)
    if event_type == "purchase" and draw(st.booleans()):
        moving = f"lines has ({moving.replace(name, 'dueAt')} AND sku is set)"
    kept = f" has ({moving}{other})"
    when = draw(st.one_of(st.just(""), WHENS.map(" {}".format)))
    kind = draw(st.sampled_from(["events", "count", "number", "that"]))
    source = f"events of type '{event_type}'{kept}{when}"
    match kind:
        case "events":
            which = draw(st.sampled_from(["any", "no", "first", "last"]))
            return f"{which} event of type '{event_type}'{kept}{when}"
        case "count":
            return f"count of {source} {draw(COMPARISONS)} {draw(LITERALS)}"
        case "number":
            of = st.sampled_from(["count of distinct", "sum of", "avg of", "min of", "max of"])
            return f"{draw(of)} total of {source} {draw(COMPARISONS)} {draw(LITERALS)}"
        case _:
            side = draw(st.sampled_from(["since", "after", "before"]))
            later = draw(aggregates(f" {side} that {event_type}"))
            return f"any event of type '{event_type}'{kept}{when} AND {later}"


RULES = st.recursive(
    st.one_of(CONDITIONS, CONDITIONS, that_groups().map("({})".format)),
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.tuples(st.sampled_from([" AND ", " OR "]), st.lists(inner, min_size=2, max_size=3)).map(
            lambda pair: "(" + pair[0].join(pair[1]) + ")"
        ),
    ),
    max_leaves=4,
)
