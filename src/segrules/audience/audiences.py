"""All audiences of an engine, whatever their kind: what a page that lists them shows."""

from typing import Literal, TypeAlias

from attrs import frozen

from segrules.audience.catalogue.catalogue import Audience, Kept, Listed
from segrules.audience.catalogue.segment import SEGMENT, Dynamic
from segrules.audience.catalogue.view import View
from segrules.audience.core import Core
from segrules.data import Data, read_fields, write_fields

AudienceKind: TypeAlias = Literal["segment", "list", "cohort"]


@frozen
class Details:
    """What a page of audiences shows of each.

    kind: `segment`, `list` or `cohort`. title, description: words for people, of a segment that has
    them. count: how many customers are in it.
    """

    kind: AudienceKind
    name: str
    title: str
    description: str
    count: int

    @classmethod
    def from_data(cls, data: object) -> "Details":
        """Return the details that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the details as JSON types; `from_data` reads them back."""
        return write_fields(self)


class Audiences(View[Details]):
    """Every audience an engine has, by name: segments, lists and cohorts, always up to date.

    An unknown name raises UnknownAudienceError, which is a KeyError.
    """

    def __init__(self, core: Core) -> None:
        known = core.catalogue
        super().__init__(
            core.lock, known.audiences, lambda name: detail(known.get(name)), "audience"
        )


def detail(audience: Audience) -> Details:
    """Return what a page shows of an audience."""
    match audience:
        case Dynamic(title=title, description=description):
            return Details(SEGMENT, audience.name, title, description, audience.count)
        case Listed():
            return Details("list", audience.name, "", "", audience.count)
        case Kept():
            return Details("cohort", audience.name, "", "", len(audience.cohort))
