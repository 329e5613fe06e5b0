"""Deadlines."""

from hypothesis import given
from hypothesis import strategies as st

from segrules.audience.deadlines import Deadlines, Key

KEYS = st.tuples(st.integers(0, 2), st.sampled_from(["a", "b"]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEYS, st.integers(1, 30)),
        st.tuples(st.just("drop"), KEYS, st.just(0)),
        st.tuples(st.just("segment"), KEYS, st.just(0)),
        st.tuples(st.just("take"), KEYS, st.integers(1, 30)),
    ),
    max_size=60,
)


@given(STEPS)
def test_as_a_plain_dict(steps: list[tuple[str, Key, int]]) -> None:
    """Deadlines fall due as a plain dict of them says, in the order of time and then of keys."""
    deadlines = Deadlines()
    plain: dict[Key, int] = {}
    for step, key, instant in steps:
        match step:
            case "put":
                deadlines.put(key, instant)
                plain[key] = instant
            case "drop":
                deadlines.drop(key)
                plain.pop(key, None)
            case "segment":
                deadlines.drop_segment(key[1])
                plain = {k: due for k, due in plain.items() if k[1] != key[1]}
            case _:
                taken = []
                while (entry := deadlines.take(instant)) is not None:
                    taken.append(entry)
                assert taken == sorted((due, k) for k, due in plain.items() if due <= instant)
                plain = {k: due for k, due in plain.items() if due > instant}
        assert deadlines.next() == min(plain.values(), default=None)
        assert deadlines.due == plain


def test_room() -> None:
    """A deadline that keeps moving later takes the room of one."""
    deadlines = Deadlines()
    for instant in range(1000):
        deadlines.put((0, "a"), instant)
    assert len(deadlines) == 1
    assert deadlines.take(10_000) == (999, (0, "a"))
    assert deadlines.take(10_000) is None


def test_room_to_and_fro() -> None:
    """A deadline that moves to and fro takes the room of the instants it moves between."""
    deadlines = Deadlines()
    for number in range(1000):
        deadlines.put((0, "a"), 70 if number % 2 else 170)
        assert deadlines.take(5) is None
        assert deadlines.next() is not None
    assert len(deadlines) == 2
