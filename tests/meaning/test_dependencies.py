"""Putting names in order."""

from hypothesis import given
from hypothesis import strategies as st

from segrules.meaning.dependencies import put_in_order


def test_order() -> None:
    """Each key comes after those it needs, and otherwise in its old order."""
    assert put_in_order({"c": ["b"], "b": ["a"], "a": [], "d": []}) == (["a", "d", "b", "c"], [])


def test_diamond() -> None:
    """Two ways to the same key are not a circle."""
    order, circles = put_in_order({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []})
    assert order[0] == "d"
    assert order[-1] == "a"
    assert circles == []


def test_circles() -> None:
    """Every circle is found, in the direction of need, without keys that only lead to one."""
    order, circles = put_in_order(
        {"a": ["b"], "b": ["c"], "c": ["a"], "self": ["self"], "x": ["a"]}
    )
    assert sorted(order) == ["a", "b", "c", "self", "x"]
    turned = [circle[circle.index(min(circle)) :] + circle[: circle.index(min(circle))]
              for circle in circles]  # fmt: skip
    assert sorted(turned) == [["a", "b", "c"], ["self"]]


KEYS = st.integers(0, 6)


@given(st.dictionaries(KEYS, st.lists(KEYS, unique=True, max_size=3)))
def test_any_graph(needs: dict[int, list[int]]) -> None:
    """Once the circles' keys need nothing, everything comes after what it needs."""
    graph = {key: [n for n in each if n in needs] for key, each in needs.items()}
    order, circles = put_in_order(graph)
    assert sorted(order) == sorted(graph)
    for circle in circles:
        for key, following in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert following in graph[key]
    caught = {key for circle in circles for key in circle}
    for key in graph.keys() - caught:
        assert all(order.index(need) < order.index(key) for need in graph[key])
