"""When time alone may change an answer."""

from hypothesis import given
from hypothesis import strategies as st

from segrules.audience.upkeep.deadlines import Deadlines
from segrules.audience.upkeep.people import Person, Population
from segrules.facts.history import History

FAMILIES = 4


def two_people() -> Population:
    population = Population()
    for name in ("ann", "bob"):
        population.add(name, History(), 0)
    return population


def drain(deadlines: Deadlines, population: Population, until: int) -> list[tuple[int, str, int]]:
    """Take out everything that falls due, one family at a time."""
    found = []
    while (taken := deadlines.pop_due(until, population.by_number)) is not None:
        instant, person, families = taken
        found += [(instant, person.id, family) for family in families]
    return found


def person_of(population: Population, name: str) -> Person:
    return population.by_id[name]


def test_in_order() -> None:
    """What falls due first comes first; of one customer all that falls due at once comes as one."""
    population, deadlines = two_people(), Deadlines()
    ann, bob = population.by_id.values()
    deadlines.put(bob, 0, 30)
    deadlines.put(ann, 1, 20)
    deadlines.put(ann, 2, 20)
    deadlines.put(ann, 0, 40)
    assert deadlines.next(population.by_number) == 20
    assert deadlines.pop_due(30, population.by_number) == (20, ann, [1, 2])
    assert deadlines.pop_due(30, population.by_number) == (30, bob, [0])
    assert deadlines.pop_due(30, population.by_number) is None
    assert deadlines.next(population.by_number) == 40


def test_moved_later_stays_where_it_is() -> None:
    """A deadline that moves later costs nothing until its old place comes up."""
    population, deadlines = two_people(), Deadlines()
    ann = person_of(population, "ann")
    for instant in range(10, 1000):
        deadlines.put(ann, 0, instant)
    assert len(deadlines) == 1
    assert drain(deadlines, population, 2000) == [(999, "ann", 0)]


def test_gone_customers() -> None:
    """Nothing falls due of a customer who is gone, nor for another in that place."""
    population, deadlines = two_people(), Deadlines()
    ann = person_of(population, "ann")
    deadlines.put(ann, 0, 10)
    population.remove(ann)
    assert deadlines.next(population.by_number) is None


def test_before_the_epoch() -> None:
    """Instants before 1970 are in order too."""
    population, deadlines = two_people(), Deadlines()
    ann = person_of(population, "ann")
    deadlines.put(ann, 3, -5)
    deadlines.put(ann, 1, -50)
    assert drain(deadlines, population, 0) == [(-50, "ann", 1), (-5, "ann", 3)]


def test_moves() -> None:
    """A deadline is where it was put last: the same, sooner, back again, later, or nowhere."""
    population, deadlines = two_people(), Deadlines()
    ann = person_of(population, "ann")
    deadlines.drop(ann, 0)
    for instant in (10, 10, 30, 20, 10, 30, 10):
        deadlines.put(ann, 0, instant)
        assert deadlines.next(population.by_number) == instant
    assert drain(deadlines, population, 40) == [(10, "ann", 0)]
    for instant in (10, 30, 10):
        deadlines.put(ann, 0, instant)
    assert drain(deadlines, population, 40) == [(10, "ann", 0)]
    deadlines.put(ann, 0, 50)
    deadlines.drop(ann, 0)
    deadlines.put(ann, 0, 60)
    deadlines.drop(ann, 0)
    assert deadlines.next(population.by_number) is None
    assert deadlines.pop_due_of(ann, 99) is None


def test_void_entries() -> None:
    """An entry that stands for nothing any more is passed over, among others of its instant too."""
    population, deadlines = two_people(), Deadlines()
    ann = person_of(population, "ann")
    for family in (0, 1, 2):
        deadlines.put(ann, family, 10)
    deadlines.put(ann, 1, 20)
    assert deadlines.pop_due(10, population.by_number) == (10, ann, [0, 2])
    deadlines.put(ann, 0, 15)
    assert deadlines.pop_due_of(ann, 14) is None
    assert deadlines.pop_due_of(ann, 15) == (15, [0])
    assert drain(deadlines, population, 40) == [(20, "ann", 1)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "drop", "take", "take_of"]),
        st.sampled_from(["ann", "bob"]),
        st.integers(0, FAMILIES - 1),
        st.integers(0, 12),
    ),
    max_size=60,
)


@given(STEPS)
def test_as_a_dictionary(steps: list[tuple[str, str, int, int]]) -> None:
    """The heap gives out what a plain dictionary of deadlines would, and exactly once."""
    population, deadlines = two_people(), Deadlines()
    twin: dict[tuple[str, int], int] = {}
    for step, name, family, instant in steps:
        person = person_of(population, name)
        match step:
            case "put":
                deadlines.put(person, family, instant)
                twin[name, family] = instant
            case "drop":
                deadlines.drop(person, family)
                twin.pop((name, family), None)
            case "take_of":
                taken = deadlines.pop_due_of(person, instant)
                mine = {f: due for (owner, f), due in twin.items() if owner == name}
                due = min(mine.values(), default=None)
                if due is None or due > instant:
                    assert taken is None
                    continue
                assert taken is not None
                assert (taken[0], sorted(taken[1])) == (
                    due,
                    [f for f in sorted(mine) if mine[f] == due],
                )
                for each in taken[1]:
                    del twin[name, each]
            case _:
                expected = sorted(
                    (due, owner, f) for (owner, f), due in twin.items() if due <= instant
                )
                assert drain(deadlines, population, instant) == expected
                for _, owner, each in expected:
                    del twin[owner, each]
        assert {
            (p.id, f): due for p in population.by_id.values() for f, due in p.due.items()
        } == twin
        assert deadlines.next(population.by_number) == min(twin.values(), default=None)
