"""The lists of an engine: audiences whose members are picked by hand."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, get_args

from attrs import frozen

from segrules.audience.catalogue.catalogue import Listed
from segrules.audience.catalogue.segment import check_name
from segrules.audience.catalogue.view import View
from segrules.audience.core import Core
from segrules.audience.operations.upload import (
    UnknownIds,
    UploadMode,
    check_header,
    check_replacement,
    sort_ids,
)
from segrules.audience.records.audit import check_by
from segrules.audience.records.change import EDIT, Change
from segrules.data import Data, read_fields, write_fields
from segrules.facts.arguments import ArgumentError, find_name, to_ids
from segrules.ids import BadRow, DuplicateRow, IdFile, IdList, read_ids
from segrules.language.suggestions import suggest

MODES: Final = get_args(UploadMode)
UNKNOWN_IDS: Final = get_args(UnknownIds)


@frozen(repr=False)
class Upload:
    """What an upload into a list has done: every row of the file is in one place.

    name: of the list. mode: whether the ids were to be added, to replace the members, or to be
    removed. is_new: whether the upload made the list. added: ids that became members; already:
    those that were members before. removed: ids that are no longer members; absent: ids to be
    removed that were not members. unknown: ids of unknown customers, which were left out.
    duplicates, bad: rows with an id of an earlier row, and rows without one. changes: every change
    it made. header: the cells of the row that was taken for the header; None if none was. suspect:
    rows of unknown ids that a program seems to have taken for numbers, with the reason; such an id
    is `unknown`, or `absent`, and is left out even where new ids are to be added.

    Ids are in the order of the file, those that were replaced in sorted order.
    """

    name: str
    mode: UploadMode
    is_new: bool = False
    added: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    duplicates: tuple[DuplicateRow, ...] = ()
    bad: tuple[BadRow, ...] = ()
    changes: tuple[Change, ...] = ()
    header: tuple[str, ...] | None = None
    suspect: tuple[BadRow, ...] = ()

    @classmethod
    def from_data(cls, data: object) -> "Upload":
        """Return the result that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the result as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __str__(self) -> str:
        said = {
            "added": self.added,
            "already in": self.already,
            "removed": self.removed,
            "not in": self.absent,
            "unknown": self.unknown,
            "duplicate": self.duplicates,
            "bad": self.bad,
            "suspect": self.suspect,
        }
        words = [f"{len(found):,} {word}" for word, found in said.items() if found]
        return ", ".join(words) or "no rows"

    def __repr__(self) -> str:
        return f"<Upload {self.name!r} ({self})>"


class Lists(View[frozenset[str]]):
    """The lists an engine has: their members' ids by name, always up to date.

    Rules refer to a list as to a segment, `in segment 'vip'`. An unknown name raises
    UnknownAudienceError, which is a KeyError. In every method `at` is the instant of the act, an
    aware datetime (default: the engine's clock), and `by` says who acts, for the audit log.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        known = core.catalogue
        super().__init__(
            core.lock, known.lists, lambda name: frozenset(known.get_list(name).members), "list"
        )

    def add(
        self,
        name: str,
        members: Iterable[str | int] = (),
        *,
        at: datetime | None = None,
        by: str | None = None,
    ) -> tuple[Change, ...]:
        """Add a list; its members become known to the engine.

        Raises SegmentError if the name is taken, or if there are members and no clock yet, and
        FactError for members that are not ids.
        """
        chosen = to_ids(members, "members")
        check_by(by)
        with self._core.lock:
            core = self._core
            core.catalogue.check_free(name)
            instant = core.instant_of(at) if chosen or at is not None else core.now
            new = Listed(name)
            core.catalogue.add(new)
            changes = _edit_members(core, new, chosen, (), instant)
            core.audit("add", (name,), by, customers=len(chosen), changes=len(changes))
            return changes

    def edit(
        self,
        name: str,
        *,
        add: Iterable[str | int] = (),
        remove: Iterable[str | int] = (),
        at: datetime | None = None,
        by: str | None = None,
    ) -> tuple[Change, ...]:
        """Add members to a list, then remove others. Added customers become known to the engine.

        Raises SegmentError for a dynamic segment and if there is no clock yet, UnknownAudienceError
        if there is no such list, and FactError if a value is not an id.
        """
        chosen, dropped = to_ids(add, "members"), to_ids(remove, "members")
        check_by(by)
        with self._core.lock:
            core = self._core
            edited = core.catalogue.get_list(name)
            changes = _edit_members(core, edited, chosen, dropped, core.instant_of(at))
            core.audit(
                "edit",
                (name,),
                by,
                customers=len({*chosen, *dropped}),
                changes=len(changes),
            )
            return changes

    def upload(  # noqa: PLR0913  # a file, and what to do with it
        self,
        name: str,
        source: IdFile | IdList,
        *,
        mode: UploadMode = "add",
        column: str | int = 1,
        header: bool = True,
        delimiter: str = ",",
        unknown: UnknownIds = "skip",
        at: datetime | None = None,
        by: str | None = None,
    ) -> Upload:
        """Add the ids in a CSV file to a list, or remove them; the result has each row's outcome.

        A list that does not exist is added, unless ids are to be removed. source: a path, an open
        file, or what `parse_ids` gives. column, header, delimiter: as in `read_ids`. mode: `add`
        the ids, `replace` all members by them, or `remove` them. unknown: `skip` ids of customers
        that the engine does not know, or `add` them, so that they become known.

        Raises IdsError if the file cannot be read, and SegmentError for a dynamic segment, if there
        is no clock yet, if the header is the id of a customer, and if members would be replaced by
        a file that has no ids, none that is known, or mostly such that were taken for numbers.
        """
        check_by(by)
        if not isinstance(source, IdList):
            source = read_ids(source, column=column, header=header, delimiter=delimiter)
        elif (column, header, delimiter) != (1, True, ","):
            raise ArgumentError(
                "`column`, `header` and `delimiter` are for files: pass them to `parse_ids`",
                subject="source",
            )
        with self._core.lock:
            _check_upload(self._core, name, mode, unknown)
            return _upload(self._core, name, source, mode, unknown, self._core.instant_of(at), by)

    def freeze(self, segment: str, name: str, *, by: str | None = None) -> tuple[Change, ...]:
        """Add a list of the members that a dynamic segment has now.

        Raises SegmentError for a list or if the name is taken, and UnknownAudienceError.
        """
        check_by(by)
        with self._core.lock:
            core = self._core
            source = core.catalogue.get_segment(segment)
            core.catalogue.check_free(name)
            changes = core.catch_up_all()
            members = sorted(core.upkeep.find_members(source))
            new = Listed(name)
            core.catalogue.add(new)
            edited = _edit_members(core, new, members, (), None)
            core.audit("freeze", (segment, name), by, customers=len(members), changes=len(edited))
            return (*changes, *edited)

    def drop(self, name: str, *, by: str | None = None) -> None:
        """Remove a list. Its members produce no changes.

        Raises SegmentError while segments or recorded uses need it, UnknownAudienceError if there
        is no such list.
        """
        check_by(by)
        with self._core.lock:
            core = self._core
            dropped = core.catalogue.get_list(name)
            core.catalogue.check_unused(dropped)
            for customer in dropped.members:
                core.upkeep.population.by_id[customer].history.lists -= {("list", name)}
            core.catalogue.remove(name)
            core.audit("remove", (name,), by)


def _edit_members(
    core: Core, members: Listed, add: Collection[str], remove: Iterable[str], instant: int | None
) -> tuple[Change, ...]:
    """Add customers to a list and remove others; return the changes.

    instant: let time pass up to it first; None leaves the clock.
    """
    upkeep, name, cause = core.upkeep, members.name, EDIT
    changes = [] if instant is None else core.advance(instant)
    entry, known = ("list", name), upkeep.population.by_id
    # An unknown customer is on no list: removing one does not make it known.
    dropped = [customer for customer in remove if customer in known or customer in add]
    for customer, member in [*((c, True) for c in add), *((c, False) for c in dropped)]:
        is_new = customer not in known
        person = upkeep.get_or_add(customer)
        lists = person.history.lists
        person.history.lists = lists | {entry} if member else lists - {entry}
        if (customer in members.members) is not member:
            (members.members.add if member else members.members.remove)(customer)
            changes += core.publish_list(customer, name, cause, joined=member)
        families = upkeep.plan.by_list.get(entry, ())
        flips = upkeep.evaluate(person, families, core.clock)
        changes += core.apply_flips(person, flips, cause, is_new=is_new)
    return tuple(changes)


def _check_upload(core: Core, name: str, mode: UploadMode, unknown: UnknownIds) -> None:
    """Raise ArgumentError for an unknown choice, SegmentError for an upload that cannot be."""
    for word, known, kind in ((mode, MODES, "mode"), (unknown, UNKNOWN_IDS, "choice of `unknown`")):
        if word not in known:
            raise ArgumentError(
                f"unknown {kind}: {suggest(str(word), known, 'choices')}",
                subject=find_name(kind),
            )
    check_name(name)
    if mode == "remove" or name in core.catalogue.segments or name in core.catalogue.lists:
        core.catalogue.get_list(name)
    else:
        core.catalogue.check_free(name)


def _upload(
    core: Core,
    name: str,
    found: IdList,
    mode: UploadMode,
    unknown: UnknownIds,
    instant: int,
    by: str | None,
) -> Upload:
    """Add the ids of a file to a list, or remove them from it; raises SegmentError."""
    known = core.upkeep.population.by_id
    is_new = name not in core.catalogue.lists
    target = Listed(name) if is_new else core.catalogue.lists[name]
    sorting = sort_ids(found, mode, unknown, frozenset(target.members), known)
    check_header(name, found, known)
    if mode == "replace":
        check_replacement(name, found, unknown, sorting)
    if is_new:
        core.catalogue.add(target)
    changes = _edit_members(core, target, sorting.added, sorting.removed, instant)
    moved = len(sorting.added) + len(sorting.removed)
    core.audit("upload", (name,), by, customers=moved, facts=found.rows, changes=len(changes))
    return Upload(
        name,
        mode,
        is_new,
        sorting.added,
        sorting.already,
        sorting.removed,
        sorting.absent,
        sorting.unknown,
        found.duplicates,
        found.bad,
        changes,
        found.header,
        sorting.suspect,
    )
