"""Calendars of zones that do odd things, and instants near those things."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from segrules.meaning.calendar import Calendar, to_micros

ZONES = [
    "UTC",
    "Europe/London",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Cairo",
    "Asia/Kathmandu",
]
UNITS = ["day", "week", "month", "quarter", "year"]
HOUR = 3_600_000_000


def calendar(zone: str, week_starts: int = 0) -> Calendar:
    return Calendar(ZoneInfo(zone), week_starts)


def at(moment: str) -> int:
    """Return an ISO date and time with its offset as an instant."""
    return to_micros(datetime.fromisoformat(moment))


def show(instant: int, zone: str) -> str:
    """Return an instant as clocks in a zone show it."""
    moment = datetime.fromtimestamp(instant // 1_000_000, UTC).astimezone(ZoneInfo(zone))
    return moment.replace(microsecond=instant % 1_000_000).isoformat()


def changes(zone: str) -> list[int]:
    """Return the hours from 1986 to 2037 within which clocks in a zone change."""
    place = ZoneInfo(zone)
    found = []
    days = range(at("1986-01-01T00:00Z"), at("2037-01-01T00:00Z"), 24 * HOUR)
    for day in days:
        if offset(day, place) == offset(day + 24 * HOUR, place):
            continue
        hours = range(day, day + 24 * HOUR, HOUR)
        found += [h for h in hours if offset(h, place) != offset(h + HOUR, place)]
    return found


def offset(instant: int, place: ZoneInfo) -> object:
    return datetime.fromtimestamp(instant // 1_000_000, place).utcoffset()


_ZONED = {zone: (calendar(zone, 6), changes(zone)) for zone in ZONES}
_STEPS = st.one_of(
    st.integers(-2 * HOUR, 2 * HOUR),
    st.integers(-96, 96).map(lambda halves: halves * HOUR // 2),
    st.integers(-400, 400).map(lambda days: days * 24 * HOUR),
    st.integers(-3, 3),
)


@st.composite
def instants_in(draw: st.DrawFn, zone: str) -> int:
    """Draw an instant near a change of clocks or the end of a month, or any."""
    year, month = draw(st.integers(1990, 2035)), draw(st.integers(1, 12))
    turn = at(f"{year}-{month:02}-01T00:00Z")
    base = draw(
        st.sampled_from([*_ZONED[zone][1], turn, turn, turn])
        if draw(st.booleans())
        else st.just(turn)
    )
    return base + draw(_STEPS) + draw(st.sampled_from([0, 0, 1, -1]))


@st.composite
def pairs(draw: st.DrawFn, count: int = 2) -> tuple[Calendar, list[int]]:
    """Draw a calendar and instants in order, often close to each other."""
    zone = draw(st.sampled_from(ZONES))
    first = draw(instants_in(zone))
    others = [
        draw(st.one_of(_STEPS.map(lambda step: first + step), instants_in(zone)))
        for _ in range(count - 1)
    ]
    return _ZONED[zone][0], sorted([first, *others])
