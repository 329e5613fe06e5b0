"""Where a segment came from."""

from typing import Any, Literal, TypeAlias, get_args

from attrs import field, frozen

from segrules.audience.catalogue.files import SegmentError
from segrules.facts.arguments import kind_of
from segrules.meaning.checking.findings import suggest

OriginKind: TypeAlias = Literal["prompt", "template", "author"]


def _check_kind(origin: object, field: object, kind: Any) -> None:  # noqa: ARG001  # as attrs asks
    if kind not in get_args(OriginKind):
        advice = suggest(str(kind), get_args(OriginKind), "origins")
        raise SegmentError(f"unknown kind of origin: {advice}")


def _check_text(origin: object, field: object, text: Any) -> None:  # noqa: ARG001  # as attrs asks
    if not isinstance(text, str) or not text.strip():
        found = "" if isinstance(text, str) else f", not {kind_of(text)}"
        raise SegmentError(f"an origin says in a text what it was{found}")


@frozen
class Origin:
    """Where a segment came from.

    kind: a `prompt` that somebody wrote for an assistant, a `template` that was cloned, or an
    `author`. text: the prompt itself, the template's name, or who it was. Raises SegmentError.
    """

    kind: OriginKind = field(validator=_check_kind)
    text: str = field(validator=_check_text)
