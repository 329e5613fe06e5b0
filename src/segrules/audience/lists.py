"""The lists of an engine: audiences whose members are picked by hand."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from segrules.audience.catalogue.catalogue import Listed
from segrules.audience.core import Core
from segrules.audience.operations.editing import edit_members
from segrules.audience.operations.upload import (
    UnknownIds,
    Upload,
    UploadMode,
    check_upload,
    upload,
)
from segrules.audience.records.audit import check_by
from segrules.audience.records.change import Change
from segrules.facts.arguments import ArgumentError, to_names
from segrules.ids import IdFile, IdList, read_ids
from segrules.language.quantities import count


class Lists(Mapping[str, frozenset[str]]):
    """The lists an engine has: their members' ids by name, always up to date.

    Rules refer to a list as to a segment, `in segment 'vip'`. An unknown name raises
    UnknownAudienceError, which is a KeyError. In every method `at` is the instant of the act, an
    aware datetime (default: the engine's clock), and `by` says who acts, for the audit log.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def add(
        self,
        name: str,
        members: Iterable[str] = (),
        *,
        at: datetime | None = None,
        by: str | None = None,
    ) -> tuple[Change, ...]:
        """Add a list; its members become known to the engine.

        Raises SegmentError if the name is taken, or if there are members and no clock yet, and
        FactError for members that are not ids.
        """
        chosen = to_names(members, "members")
        check_by(by)
        with self._core.lock:
            core = self._core
            core.catalogue.check_free(name)
            instant = core.instant_of(at) if chosen or at is not None else core.now
            new = Listed(name)
            core.catalogue.add(new)
            changes = edit_members(core, new, chosen, (), instant)
            core.audit("add", (name,), by, customers=len(chosen), changes=len(changes))
            return changes

    def edit(
        self,
        name: str,
        *,
        add: Iterable[str] = (),
        remove: Iterable[str] = (),
        at: datetime | None = None,
        by: str | None = None,
    ) -> tuple[Change, ...]:
        """Add members to a list and remove others. Added customers become known to the engine.

        Raises SegmentError for a dynamic segment and if there is no clock yet, UnknownAudienceError
        if there is no such list, and FactError if a value is not an id.
        """
        chosen, dropped = to_names(add, "members"), to_names(remove, "members")
        check_by(by)
        with self._core.lock:
            core = self._core
            edited = core.catalogue.get_list(name)
            changes = edit_members(core, edited, chosen, dropped, core.instant_of(at))
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
        that the engine does not know, or `add` them, so that they become known. Raises IdsError if
        the file cannot be read, and SegmentError for a dynamic segment and if there is no clock
        yet.
        """
        check_by(by)
        if not isinstance(source, IdList):
            source = read_ids(source, column=column, header=header, delimiter=delimiter)
        elif (column, header, delimiter) != (1, True, ","):
            raise ArgumentError(
                "`column`, `header` and `delimiter` are for files: pass them to `parse_ids`"
            )
        with self._core.lock:
            check_upload(self._core, name, mode, unknown)
            return upload(self._core, name, source, mode, unknown, self._core.instant_of(at), by)

    def freeze(self, segment: str, name: str, *, by: str | None = None) -> tuple[Change, ...]:
        """Add a list of the members that a dynamic segment has now.

        Raises SegmentError if the segment is not dynamic or the name is taken.
        """
        check_by(by)
        with self._core.lock:
            core = self._core
            frozen = core.catalogue.get_segment(segment)
            core.catalogue.check_free(name)
            members = sorted(core.upkeep.find_members(frozen))
            new = Listed(name)
            core.catalogue.add(new)
            changes = edit_members(core, new, members, (), None)
            core.audit("freeze", (segment, name), by, customers=len(members), changes=len(changes))
            return changes

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

    def __getitem__(self, name: str) -> frozenset[str]:
        with self._core.lock:
            return frozenset(self._core.catalogue.get_list(name).members)

    def __contains__(self, name: object) -> bool:
        with self._core.lock:
            return name in self._core.catalogue.lists

    def __iter__(self) -> Iterator[str]:
        with self._core.lock:
            return iter(tuple(self._core.catalogue.lists))

    def __len__(self) -> int:
        with self._core.lock:
            return len(self._core.catalogue.lists)

    def __repr__(self) -> str:
        return f"<Lists ({count(len(self), 'list')})>"
