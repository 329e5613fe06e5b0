"""Several customers of the small store at once."""

from hypothesis import strategies as st

from segrules.evaluation.customer import Customer
from tests.strategies.store import ATTRIBUTES, EVENTS

CROWDS = st.lists(
    st.tuples(
        ATTRIBUTES, st.lists(EVENTS, max_size=5, unique_by=lambda event: event.id or object())
    ),
    max_size=6,
).map(lambda facts: [Customer(f"c{n}", *each) for n, each in enumerate(facts)])
