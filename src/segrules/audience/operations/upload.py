"""Uploads: where each id of a file belongs, and which files are refused.

INVARIANT: what is refused here has changed nothing.
"""

from collections.abc import Container
from typing import Final, Literal, TypeAlias

from attrs import frozen

from segrules.audience.catalogue.segment import SegmentError
from segrules.ids import BadRow, IdList, find_delimiter, name_sign, reads_like_float

UploadMode: TypeAlias = Literal["add", "replace", "remove"]
UnknownIds: TypeAlias = Literal["skip", "add"]

FLOAT: Final = (
    "the id reads like a number with a decimal point or an exponent: the program that wrote the "
    "file took ids for numbers; save the column as text"
)


@frozen
class Sorting:
    """Where the ids of a file belong; `Upload` explains each.

    is_known: whether any of them is known to the engine. suspect: those that are unknown and read
    like floats, whose rows may be most of the file (`is_mostly_suspect`).
    """

    added: tuple[str, ...]
    already: tuple[str, ...]
    removed: tuple[str, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    is_known: bool
    suspect: tuple[BadRow, ...]
    is_mostly_suspect: bool


def sort_ids(
    found: IdList,
    mode: UploadMode,
    unknown: UnknownIds,
    members: frozenset[str],
    known: Container[str],
) -> Sorting:
    """Return where the ids of a file belong, given the list's members and the known customers."""
    suspect = {each for each in found.ids if each not in known and reads_like_float(each)}
    added, already, absent, left_out = list[str](), list[str](), list[str](), list[str]()
    for each in found.ids:
        if each in members:
            already.append(each)
        elif mode == "remove":
            absent.append(each)
        elif each in known or (unknown == "add" and each not in suspect):
            added.append(each)
        else:
            left_out.append(each)
    removed: tuple[str, ...] = ()
    if mode == "remove":
        removed, already = tuple(already), []
    elif mode == "replace":
        removed = tuple(sorted(members.difference(found.ids)))
    rows = [*found.ids, *(each.id for each in found.duplicates)]
    return Sorting(
        tuple(added),
        tuple(already),
        removed,
        tuple(absent),
        tuple(left_out),
        is_known=any(each in known for each in found.ids),
        suspect=tuple(BadRow(found.places[each], FLOAT) for each in found.ids if each in suspect),
        is_mostly_suspect=2 * sum(each in suspect for each in rows) > len(rows),
    )


def check_header(name: str, found: IdList, known: Container[str]) -> None:
    """Raise SegmentError if the header of a file without one was a customer's id.

    A column that was found by its name has a header.
    """
    if isinstance(found.column, int) and found.title is not None and found.title in known:
        raise SegmentError(
            f"`{name}`: the first row holds the id of a known customer where it should name the "
            "column: read the file with header=False; if it does name it, give `column` that name",
            code="header-is-an-id",
            subject=name,
        )


def check_replacement(name: str, found: IdList, unknown: UnknownIds, sorting: Sorting) -> None:
    """Raise SegmentError for a file that would replace members by mistake."""
    if not found.is_whole:
        row = found.bad[-1]
        raise SegmentError(
            f"row {row.row}: {row.reason}: replacing the members would drop those after it",
            code="unclosed-quote",
            subject=name,
        )
    if sorting.is_known and not sorting.is_mostly_suspect:
        return
    is_empty = not any(each.strip() for each in found.ids)
    if sorting.removed and is_empty:
        why = f" (row {found.bad[0].row}: {found.bad[0].reason})" if found.bad else ""
        raise SegmentError(
            f"`{name}`: there is no id in the file{why}, and replacing would remove every member: "
            "if that is wanted, name them in `remove` of `lists.edit`",
            code="empty-replace",
            subject=name,
        )
    if sorting.removed and sorting.is_mostly_suspect:
        row = sorting.suspect[0]
        raise SegmentError(
            f"`{name}`: replacing would remove members, and most rows are like row {row.row}: "
            f"{row.reason}",
            code="float-ids",
            subject=name,
        )
    sign = find_delimiter(found)
    is_doubtful = unknown == "skip" or (sign is not None and bool(sorting.removed))
    if found.ids and is_doubtful and not sorting.is_known:
        raise SegmentError(
            f"`{name}`: no id in the file is known to the engine, so it cannot replace the "
            f"members: {_advise(sorting, sign)}",
            code="no-known-ids",
            subject=name,
        )


def _advise(sorting: Sorting, sign: str | None) -> str:
    """Return what to do about a file in which no id is known."""
    if sorting.is_mostly_suspect:
        return f"row {sorting.suspect[0].row}: {FLOAT}"
    if sign is not None:
        return (
            f"every cell of the column contains {name_sign(sign)}: pass delimiter={sign!r}; if the "
            "ids do contain it, first make them known with mode='add' and unknown='add'"
        )
    return (
        "are `column`, `header` and `delimiter` right? With unknown='add' new customers become "
        "known"
    )
