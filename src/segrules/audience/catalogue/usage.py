"""Who uses an audience: what would miss it."""

from collections.abc import Iterable
from typing import Any, Final

from attrs import define, field, frozen

from segrules.audience.catalogue.files import SegmentError
from segrules.facts.arguments import kind_of

SEGMENT: Final = "segment"


def _check_word(use: object, field: object, word: Any) -> None:  # noqa: ARG001  # as attrs asks
    if not isinstance(word, str) or not word or not word.isprintable():
        found = "" if isinstance(word, str) else f", not {kind_of(word)}"
        raise SegmentError(f"a use has a kind and a name, texts that can be printed{found}")


@frozen
class Use:
    """Something that uses an audience.

    kind: what it is, in the host's words: `campaign`, `journey`, `widget`. name: which one.
    Segments whose rules refer to an audience are its uses of the kind `segment` by themselves.
    Raises SegmentError.
    """

    kind: str = field(validator=_check_word)
    name: str = field(validator=_check_word)

    def __str__(self) -> str:
        return f"`{self.name}`" if self.kind == SEGMENT else f"the {self.kind} `{self.name}`"


@define(eq=False)
class Usage:
    """The uses that hosts have recorded, by the audience's name, in order."""

    recorded: dict[str, dict[Use, None]] = field(factory=dict)

    def record(self, audience: str, use: Use) -> None:
        """Note a use; one that is noted already stays."""
        if use.kind == SEGMENT:
            raise SegmentError("which segments use an audience their rules say: record other uses")
        self.recorded.setdefault(audience, {})[use] = None

    def end(self, audience: str, use: Use) -> None:
        """Forget a use; raises SegmentError where there is none such."""
        uses = self.recorded.get(audience, {})
        if use not in uses:
            advice = "its rule refers to it" if use.kind == SEGMENT else "it has not been recorded"
            raise SegmentError(f"`{audience}`: no use by {use} can end: {advice}")
        del uses[use]

    def find(self, audience: str, segments: Iterable[str]) -> tuple[Use, ...]:
        """Return every use of an audience, that by segments first."""
        return (*(Use(SEGMENT, each) for each in segments), *self.recorded.get(audience, ()))

    def drop(self, audience: str) -> None:
        """Forget an audience that is gone."""
        self.recorded.pop(audience, None)
