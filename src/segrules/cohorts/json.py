"""Cohorts as JSON, with a hash that tells whether the text has been changed."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from segrules.language.diagnostics import SegrulesError
from segrules.language.suggestions import suggest

FORMAT: Final = 1
"""The version of the form; it moves when the keys or their meaning do."""

HASH: Final = "content_hash"
MOMENTS: Final = ("taken_at", "newest_fact")
KINDS: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "format": ((int,), "a number"),
    "name": ((str,), "text"),
    "members": ((list,), "a list of ids"),
    "definition": ((str,), "text"),
    "schema_fingerprint": ((str, type(None)), "text or null"),
    "language_version": ((str, type(None)), "text or null"),
    "taken_at": ((str,), "an instant as text"),
    "newest_fact": ((str, type(None)), "an instant as text, or null"),
    "erasures": ((int,), "a number"),
    HASH: ((str,), "text"),
}
"""The keys of the JSON, with the types each may have."""


class CohortError(SegrulesError, ValueError):
    """A cohort that cannot be made or read as asked."""

    code = "not-a-cohort"


def canonical(content: Mapping[str, Any]) -> str:
    """Return JSON that is the same text for the same content."""
    return json.dumps({"format": FORMAT, **content}, sort_keys=True, separators=(",", ":"))


def hash_content(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a cohort's content, which is everything in it but the hash itself."""
    return sha256(canonical(content).encode()).hexdigest()


def read_content(data: object) -> tuple[dict[str, Any], str]:
    """Return a cohort's content, with instants as datetimes, and the hash beside it.

    Raises CohortError if the data is not a cohort's JSON. The hash is not checked.
    """
    if not isinstance(data, dict):
        raise CohortError("a cohort's JSON is an object")
    if data.get("format", FORMAT) != FORMAT:
        raise CohortError(
            f"the cohort is not written in form {FORMAT}: read it with the version of segrules "
            "that wrote it",
            code="cohort-format",
            subject="format",
        )
    for key in data:
        if key not in KINDS:
            raise CohortError(f"unknown key in a cohort's JSON: {suggest(str(key), KINDS, 'keys')}")
    for key, (kinds, said) in KINDS.items():
        if key not in data:
            raise CohortError(f"a cohort's JSON lacks the key `{key}`", subject=key)
        if not isinstance(data[key], kinds) or isinstance(data[key], bool):
            raise CohortError(f"`{key}` in a cohort's JSON must be {said}", subject=key)
    content = {key: value for key, value in data.items() if key not in ("format", HASH)}
    return content | {key: _moment(data[key], key) for key in MOMENTS}, data[HASH]


def parse(text: str) -> object:
    """Return what a text of JSON holds; raises CohortError if it is not JSON."""
    try:
        data: object = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise CohortError("a cohort is read from the JSON that `to_json` writes") from None
    return data


def _moment(text: str | None, key: str) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise CohortError(
            f"`{key}` in a cohort's JSON must be an instant in ISO 8601", subject=key
        ) from None
