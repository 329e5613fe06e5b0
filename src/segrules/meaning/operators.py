"""The operators that a value of each type takes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from segrules.meaning.vocabulary import ValueType

_EVERY: Final = ("is set",)
_EQUAL: Final = ("=", "!=", "in", *_EVERY)
_ORDERED: Final = ("=", "!=", ">", ">=", "<", "<=", "between", "in", *_EVERY)
_TIMES: Final = ("within", "within next", "since", "after", "before", "on")

OPERATORS: Final[Mapping[ValueType, tuple[str, ...]]] = MappingProxyType(
    {
        "text": (*_ORDERED, "contains", "starts with", "ends with"),
        "number": _ORDERED,
        "boolean": _EQUAL,
        "instant": (*_ORDERED, *_TIMES),
        "tags": ("contains", *_EVERY),
        "objects": ("has", *_EVERY),
    }
)
"""By type, the operators that rules may ask with. Words take `not`: `not in`, `is not set`."""


def takes(kind: ValueType | None, operator: str) -> bool:
    """Tell whether a value of a type takes an operator; one of no known type takes them all."""
    return kind is None or operator in OPERATORS[kind]
