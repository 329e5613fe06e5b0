"""Trees as an author might have written them: every tree drawn here has a text that parses to it.

`rules()` draws whole rules, `nodes()` their roots, `derivations()` what a schema derives.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import strategies as st

from segrules.language.syntax import (
    Affix,
    After,
    AggregateCondition,
    Aggregation,
    Ago,
    And,
    Before,
    Between,
    BetweenPoints,
    Boolean,
    CalendarPeriod,
    Comparison,
    Contains,
    Day,
    Derivation,
    Duration,
    EventCondition,
    EventSource,
    Has,
    InPeriod,
    Instant,
    IsSet,
    Membership,
    MovingPeriod,
    Name,
    Node,
    Not,
    Number,
    NumberBetween,
    NumberComparison,
    OneOf,
    Or,
    RuleText,
    Since,
    Text,
    That,
    TimeOf,
    Timing,
    Within,
)
from segrules.language.words import RESERVED

# Words

_words = st.sampled_from(["a", "total", "lifecycleStage", "größe", "_x1", "null", "time", "days"])
_odd_parts = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="`"), min_size=1, max_size=8
)
_parts = st.one_of(_words, st.sampled_from(sorted(RESERVED)), _odd_parts)
names = st.builds(Name, st.lists(_parts, min_size=1, max_size=3).map(tuple))
texts = st.builds(Text, st.one_of(_words, st.text(max_size=12)))
numbers = st.builds(
    lambda digits, exponent: Number(Decimal(digits).scaleb(exponent)),
    st.integers(-(10**12), 10**12),
    st.one_of(st.integers(-6, 6), st.integers(-300, 290)),
)
booleans = st.builds(Boolean, st.booleans())
days = st.builds(Day, st.dates())
instants = st.builds(
    Instant,
    st.datetimes(
        datetime(2, 1, 1),  # noqa: DTZ001 -- the offset is drawn apart
        datetime(9998, 12, 31),  # noqa: DTZ001
        timezones=st.one_of(
            st.just(UTC),
            st.builds(timezone, st.builds(timedelta, minutes=st.integers(-1439, 1439))),
        ),
    ),
)
values = st.one_of(texts, numbers, booleans, days, instants)
_value_lists = st.lists(values, min_size=1, max_size=4).map(tuple)

# Time

durations = st.builds(
    Duration,
    st.integers(0, 1000),
    st.sampled_from(["second", "minute", "hour", "day", "week", "month", "quarter", "year"]),
)
agos = st.builds(Ago, durations)
thats = st.builds(That, texts.map(lambda text: text.value))
points = st.one_of(days, instants, agos, thats)
bounds = st.one_of(values, agos, thats)


def _first_days(unit: str) -> st.SearchStrategy[date]:
    months = {"day": None, "month": range(1, 13), "quarter": (1, 4, 7, 10), "year": (1,)}[unit]
    if months is None:
        return st.dates()
    return st.builds(date, st.integers(1, 9999), st.sampled_from(months), st.just(1))


periods = st.one_of(
    *(
        st.builds(CalendarPeriod, st.just(unit), _first_days(unit))
        for unit in ("day", "month", "quarter", "year")
    ),
    st.builds(
        MovingPeriod,
        st.sampled_from(["this", "last"]),
        st.sampled_from(["day", "week", "month", "quarter", "year"]),
    ),
)
moments = st.one_of(
    st.builds(Within, durations, st.booleans()),
    st.builds(Since, points),
    st.builds(After, points),
    st.builds(Before, points),
    st.builds(InPeriod, periods),
)
whens = st.one_of(moments, st.builds(BetweenPoints, bounds, bounds))

# Conditions

_operators = st.sampled_from(["=", "!=", ">", ">=", "<", "<="])
properties = st.one_of(
    st.builds(Comparison, names, _operators, values),
    st.builds(Between, names, bounds, bounds, st.booleans()),
    st.builds(OneOf, names, _value_lists, st.booleans()),
    st.builds(
        lambda name, items, every, negated: Contains(
            name, items, "all" if every and len(items) > 1 else "any", negated
        ),
        names,
        _value_lists,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(Affix, names, st.sampled_from(["starts", "ends"]), texts, st.booleans()),
    st.builds(IsSet, names, st.booleans()),
    st.builds(Timing, names, moments, st.booleans()),
)


def _connected(leaves: st.SearchStrategy[Node], most: int) -> st.SearchStrategy[Node]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(And, st.lists(inner, min_size=2, max_size=4).map(tuple)),
            st.builds(Or, st.lists(inner, min_size=2, max_size=4).map(tuple)),
            st.builds(Not, inner),
        ),
        max_leaves=most,
    )


_inner = st.deferred(lambda: st.builds(Has, names, _connected(properties, 2), st.booleans()))
_outer = st.deferred(
    lambda: st.builds(Has, names, _connected(st.one_of(properties, _inner), 3), st.booleans())
)
attributes = st.one_of(properties, _outer)
_filters = st.none() | _connected(attributes, 4)
_event_types = st.none() | texts
_timed = st.one_of(
    st.tuples(st.none(), st.just(False)),  # noqa: FBT003 -- not negated
    st.tuples(whens, st.booleans()),
)
events = st.builds(
    lambda which, event_type, filter_, timed: EventCondition(
        which, event_type, filter_, timed[0], timed[1]
    ),
    st.sampled_from(["any", "no", "first", "last"]),
    _event_types,
    _filters,
    _timed,
)
_subjects = st.one_of(
    st.tuples(st.none(), st.just(False)),  # noqa: FBT003 -- not distinct
    st.tuples(names, st.booleans()),
)
aggregations = st.builds(
    lambda function, subject, source, filter_, when: Aggregation(
        function, subject[0], subject[1], source, filter_, when
    ),
    st.sampled_from(["count", "sum", "avg", "min", "max"]),
    _subjects,
    names | st.builds(EventSource, _event_types),
    _filters,
    st.none() | whens,
)
aggregates = st.builds(
    AggregateCondition,
    aggregations,
    st.builds(NumberComparison, _operators, numbers) | st.builds(NumberBetween, numbers, numbers),
)
memberships = st.builds(Membership, st.sampled_from(["segment", "cohort"]), texts)
conditions = st.one_of(attributes, events, aggregates, memberships)

# Wholes


def nodes(most: int = 8) -> st.SearchStrategy[Node]:
    """Draw the roots of rules, with so many conditions at most."""
    return _connected(conditions, most)


def rules(most: int = 8) -> st.SearchStrategy[RuleText]:
    """Draw rules, with so many conditions at most."""
    return st.builds(RuleText, nodes(most))


def derivations() -> st.SearchStrategy[Derivation]:
    """Draw what a schema derives from events."""
    return aggregations | st.builds(TimeOf, st.sampled_from(["first", "last"]), _event_types)
