"""Uploads: a file of ids becomes members of a list, with an account of every row."""

from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import frozen

from segrules.audience.catalogue.catalogue import Listed
from segrules.audience.catalogue.segment import SegmentError
from segrules.audience.core import Core
from segrules.audience.operations.editing import edit_members
from segrules.audience.records.change import Change
from segrules.ids import BadRow, DuplicateRow, IdList
from segrules.meaning.checking.findings import suggest

UploadMode: TypeAlias = Literal["add", "replace", "remove"]
UnknownIds: TypeAlias = Literal["skip", "add"]

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
    it made.

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

    def to_data(self) -> dict[str, Any]:
        """Return the result as JSON's types, without `changes`."""
        return {
            "name": self.name,
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
        return f"<Upload {self.name!r} ({self})>"


def check_upload(core: Core, name: str, mode: UploadMode, unknown: UnknownIds) -> None:
    """Raise SegmentError for an upload that cannot be done."""
    for word, known, kind in ((mode, MODES, "mode"), (unknown, UNKNOWN_IDS, "choice of `unknown`")):
        if word not in known:
            raise SegmentError(f"unknown {kind}: {suggest(str(word), known, 'choices')}")
    if mode == "remove" or name in core.catalogue.segments or name in core.catalogue.lists:
        core.catalogue.get_list(name)
    else:
        core.catalogue.check_free(name)


def upload(
    core: Core,
    name: str,
    found: IdList,
    mode: UploadMode,
    unknown: UnknownIds,
    instant: int,
    by: str | None,
) -> Upload:
    """Add the ids of a file to a list, or remove them from it; raises SegmentError."""
    if mode == "replace" and not found.is_whole:
        row = found.bad[-1]
        raise SegmentError(
            f"row {row.row}: {row.reason}: replacing the members would drop those after it"
        )
    is_new = name not in core.catalogue.lists
    target = Listed(name) if is_new else core.catalogue.lists[name]
    members = frozenset(target.members)
    added, already, left_out = _sort(core, found, members, unknown)
    removed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    if mode == "remove":
        removed = already
        absent = tuple(each for each in found.ids if each not in members)
        added = already = left_out = ()
    elif mode == "replace":
        removed = tuple(sorted(members.difference(found.ids)))
    if is_new:
        core.catalogue.add(target)
    changes = edit_members(core, target, added, removed, instant)
    moved = len(added) + len(removed)
    core.audit("upload", (name,), by, customers=moved, facts=found.rows, changes=len(changes))
    return Upload(
        name,
        mode,
        is_new,
        added,
        already,
        removed,
        absent,
        left_out,
        found.duplicates,
        found.bad,
        changes,
    )


def _sort(
    core: Core, found: IdList, members: frozenset[str], unknown: UnknownIds
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the ids to add, those that are members already, and those left out as unknown."""
    known = core.upkeep.population.by_id
    added, already, left_out = list[str](), list[str](), list[str]()
    for each in found.ids:
        if each in members:
            already.append(each)
        elif unknown == "add" or each in known:
            added.append(each)
        else:
            left_out.append(each)
    return tuple(added), tuple(already), tuple(left_out)
