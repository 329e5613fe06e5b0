"""A file of ids that becomes the members of a static segment, with an account of every row."""

from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import frozen

from segrules.audience.catalogue.files import SegmentError
from segrules.audience.core import State
from segrules.audience.operations.editing import add_list, pick
from segrules.audience.records.change import Change
from segrules.ids import BadRow, DuplicateRow, IdList
from segrules.meaning.checking.findings import suggest

UploadMode: TypeAlias = Literal["add", "replace", "remove"]
UnknownIds: TypeAlias = Literal["skip", "add"]

MODES: Final = get_args(UploadMode)
UNKNOWN_IDS: Final = get_args(UnknownIds)


@frozen(repr=False)
class Upload:
    """What an upload into a static segment has done: every row of the file is in one place.

    mode: whether the ids were to be added, to replace the members, or to be removed. is_new:
    whether the upload made the segment. added, already: ids that are members now, and were before.
    removed: who is no member any more; absent: ids that were to be removed, and were no members.
    unknown: ids of customers nobody has heard of, which were left out. duplicates, bad: rows with
    an id that has stood before, and rows without one. changes: all that came of it. Ids stand in
    the order of the file, those that were replaced in sorted order.
    """

    segment: str
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

    def to_data(self) -> dict[str, Any]:
        """Return the account as JSON's types; the changes are told elsewhere."""
        return {
            "segment": self.segment,
            "mode": self.mode,
            "is_new": self.is_new,
            "added": list(self.added),
            "already": list(self.already),
            "removed": list(self.removed),
            "absent": list(self.absent),
            "unknown": list(self.unknown),
            "duplicates": [
                {"row": each.row, "first": each.first, "id": each.id} for each in self.duplicates
            ],
            "bad": [{"row": each.row, "reason": each.reason} for each in self.bad],
        }

    def __str__(self) -> str:
        said = {
            "added": self.added,
            "already in": self.already,
            "removed": self.removed,
            "not in": self.absent,
            "unknown": self.unknown,
            "duplicate": self.duplicates,
            "bad": self.bad,
        }
        words = [f"{len(found):,} {word}" for word, found in said.items() if found]
        return ", ".join(words) or "no rows"

    def __repr__(self) -> str:
        return f"<Upload {self.segment!r} ({self})>"


def check_upload(state: State, segment: str, mode: UploadMode, unknown: UnknownIds) -> None:
    """Raise SegmentError for an upload that cannot be."""
    for word, known, kind in ((mode, MODES, "mode"), (unknown, UNKNOWN_IDS, "choice of `unknown`")):
        if word not in known:
            raise SegmentError(f"unknown {kind}: {suggest(str(word), known, 'choices')}")
    if mode == "remove" or segment in state.directory.names:
        state.directory.check_static(segment)
    else:
        state.directory.check_free(segment)


def upload(
    state: State,
    segment: str,
    found: IdList,
    mode: UploadMode,
    unknown: UnknownIds,
    instant: int,
    by: str | None,
) -> Upload:
    """Let the ids of a file into a static segment, or out of it; raises SegmentError."""
    if mode == "replace" and not found.is_whole:
        row = found.bad[-1]
        raise SegmentError(
            f"row {row.row}: {row.reason}: replacing the members would drop those who stand there"
        )
    is_new = segment not in state.directory.lists
    members = frozenset[str]() if is_new else state.upkeep.membership.members(segment)
    added, already, unknown_ids = _sort(state, found, members, unknown)
    removed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    if mode == "remove":
        removed = already
        absent = tuple(each for each in found.ids if each not in members)
        added = already = unknown_ids = ()
    elif mode == "replace":
        removed = tuple(sorted(members.difference(found.ids)))
    if is_new:
        add_list(state, segment)
    changes = pick(state, segment, added, removed, instant)
    moved = len(added) + len(removed)
    state.record("upload", (segment,), by, customers=moved, facts=found.rows, changes=len(changes))
    return Upload(
        segment,
        mode,
        is_new,
        added,
        already,
        removed,
        absent,
        unknown_ids,
        found.duplicates,
        found.bad,
        changes,
    )


def _sort(
    state: State, found: IdList, members: frozenset[str], unknown: UnknownIds
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the ids that are to be members, that are already, and that are nobody's."""
    known = state.upkeep.population.by_id
    added, already, unknown_ids = list[str](), list[str](), list[str]()
    for each in found.ids:
        if each in members:
            already.append(each)
        elif unknown == "add" or each in known:
            added.append(each)
        else:
            unknown_ids.append(each)
    return tuple(added), tuple(already), tuple(unknown_ids)


def freeze_segment(state: State, segment: str, name: str, by: str | None) -> tuple[Change, ...]:
    """Make a static segment of the members that a dynamic one has now."""
    state.directory.check_dynamic(segment)
    state.directory.check_free(name)
    members = sorted(state.upkeep.membership.members(segment))
    add_list(state, name)
    changes = pick(state, name, members, (), None)
    state.record("freeze", (segment, name), by, customers=len(members), changes=len(changes))
    return changes
