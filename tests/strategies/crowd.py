"""Several customers of the small store at once."""

from hypothesis import strategies as st

from segrules import Customer, Event
from tests.strategies.store import FITTING_ATTRIBUTES, FITTING_EVENTS, NUMBERS, instants

CROWDS = st.lists(
    st.tuples(
        FITTING_ATTRIBUTES,
        st.lists(FITTING_EVENTS, max_size=5, unique_by=lambda event: event.id or object()),
    ),
    max_size=6,
).map(lambda facts: [Customer(f"c{n}", *each) for n, each in enumerate(facts)])

_ACTS = st.builds(
    Event,
    st.sampled_from(["purchase", "purchase", "view"]),
    at=instants(20),
    properties=st.fixed_dictionaries({}, optional={"total": NUMBERS}),
)
REGULARS = st.lists(st.lists(_ACTS, min_size=4, max_size=8), min_size=2, max_size=3).map(
    lambda acts: [Customer(f"c{n}", events=each) for n, each in enumerate(acts)]
)
"""Customers who do the same few things again and again."""
