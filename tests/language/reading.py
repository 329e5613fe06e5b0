"""The tree, the refusal and the parts of a text, as tests need them."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from segrules import Limits, RuleError
from segrules.language.parser import parse
from segrules.language.syntax import Node
from segrules.results import Diagnostic, Source, Span

ROOMY = Limits(characters=10_000_000)


def root(text: str) -> Node:
    return parse(Source(text)).root


def refusal(text: str, limits: Limits | None = None) -> Diagnostic:
    with pytest.raises(RuleError) as caught:
        parse(Source(text), limits or Limits())
    (finding,) = caught.value.findings
    return finding


def parts(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from parts(item)
    elif attrs.has(type(node)) and not isinstance(node, Span):
        yield node
        for field in attrs.fields(type(node)):
            yield from parts(getattr(node, field.name))
