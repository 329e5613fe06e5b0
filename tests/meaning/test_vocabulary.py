"""The words a merchant's rules may use."""

from typing import get_args

from segrules.meaning.vocabulary import References, ValueType, describe_type


def test_every_type_has_words() -> None:
    """Each type of value has words for messages, no two the same."""
    types = [None, *get_args(ValueType)]
    assert len({describe_type(each) for each in types}) == len(types)


def test_no_references() -> None:
    """By default there is nothing to refer to."""
    assert References() == References({}, frozenset(), frozenset())
