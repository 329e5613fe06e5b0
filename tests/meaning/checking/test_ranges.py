"""Ranges that nothing can lie in."""

from hypothesis import given
from hypothesis import strategies as st

from segrules import RuleError
from segrules.meaning.checking.ranges import is_empty
from segrules.meaning.conditions import Exactly, Fixed, Lies, Months, TermTest, Window
from segrules.meaning.windows import locate_window
from tests.meaning.shop import SHOP, mean
from tests.meaning.zones import at

CALENDAR = SHOP._vocabulary.calendar
MOMENTS = [at(f"{year}-{month:02}-{day:02}T{hour:02}:30Z")
           for year in (1999, 2000, 2001, 2024, 2026)
           for month in range(1, 13) for day in (1, 15, 28) for hour in (0, 23)]  # fmt: skip
MOMENTS += [at(f"{day}T12:00Z") for day in ("2026-03-31", "2026-01-31", "2024-02-29", "2026-10-31")]
LENGTHS = st.builds(
    "{} {}".format,
    st.integers(1, 70),
    st.sampled_from(["minutes", "hours", "days", "weeks", "months", "quarters", "years"]),
)


@given(LENGTHS, LENGTHS)
def test_moving_ranges(first: str, last: str) -> None:
    """A range between two lengths of time is refused only if nothing lies in it at any instant."""
    try:
        mean(f"renewsAt between {first} ago and {last} ago")
    except RuleError as error:
        (finding,) = error.findings
        assert finding.code == "empty-range"
    else:
        return
    try:
        meant = mean(f"renewsAt between {last} ago and {first} ago")
    except RuleError:
        assert finding.help == "give two points that are apart"
        return
    assert finding.help == f"swap them: `{_canonical(last)} and {_canonical(first)}`"
    assert isinstance(meant, TermTest)
    assert isinstance(meant.test, Lies)
    swapped = meant.test.window
    for moment in MOMENTS:
        start, end = locate_window(Window(swapped.end, swapped.start), moment, CALENDAR)
        assert start >= end


def _canonical(length: str) -> str:
    amount, unit = length.split()
    return f"{amount} {unit if amount != '1' else unit.removesuffix('s')} ago"


CUTS = st.one_of(
    st.builds(Exactly, st.integers(-(10**14), -1)),
    st.builds(Months, st.integers(-60, -1)),
    st.builds(Fixed, st.sampled_from(MOMENTS)),
)


@given(CUTS, CUTS, st.sampled_from(MOMENTS))
def test_an_empty_window_is_empty_at_every_instant(
    start: Exactly | Months | Fixed, end: Exactly | Months | Fixed, moment: int
) -> None:
    """What counts as empty is: no instant has a window that begins before it ends."""
    if is_empty(Window(start, end)):
        left, right = locate_window(Window(start, end), moment, CALENDAR)
        assert left >= right


def test_what_may_hold_is_allowed() -> None:
    """Ranges of one value, of one day, and those that are empty only at times are rules."""
    for text in (
        "points between 10 and 10",
        "country between 'a' and 'a'",
        "renewsAt between 2026-03-14 and 2026-03-14",
        "renewsAt between 2026-03-14T09:30Z and 2026-03-14",
        "renewsAt between 1 month ago and 30 days ago",
        "renewsAt between 5 days ago and 2020-01-01",
        "count of orders between 3 and 3",
    ):
        assert mean(text)
