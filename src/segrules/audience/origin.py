"""Where a segment came from."""

from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from segrules.audience.segments import SegmentError
from segrules.evaluation.facts import kind_of
from segrules.meaning.findings import suggest

OriginKind: TypeAlias = Literal["prompt", "template", "author"]


def _to_kind(kind: object) -> OriginKind:
    for known in get_args(OriginKind):
        if kind == known:
            return known  # type: ignore[no-any-return]  # one of the literals
    advice = suggest(str(kind), get_args(OriginKind), "origins")
    raise SegmentError(f"unknown kind of origin: {advice}")


def _to_text(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        found = "" if isinstance(text, str) else f", not {kind_of(text)}"
        raise SegmentError(f"an origin says in a text what it was{found}")
    return text


@frozen
class Origin:
    """Where a segment came from.

    kind: a `prompt` that somebody wrote for an assistant, a `template` that was cloned, or an
    `author`. text: the prompt itself, the template's name, or who it was. Raises SegmentError.
    """

    kind: OriginKind = field(converter=_to_kind)
    text: str = field(converter=_to_text)
