"""The form in which a cohort is kept."""

import json
from typing import Any

import pytest

from segrules import Cohort
from segrules.cohorts.json import hash_content, parse, read_content
from segrules.errors import CohortError

CONTENT: dict[str, Any] = {
    "name": "March",
    "members": ["ann", "bob"],
    "definition": "first event of type 'purchase' in 2026-03",
    "schema_fingerprint": "f00",
    "language_version": "1.0",
    "taken_at": "2026-04-01T00:00:00Z",
    "newest_fact": None,
    "erasures": 0,
}


def text(**changed: Any) -> str:
    """Return a snapshot whose hash fits what it says."""
    content = CONTENT | changed
    return json.dumps({"format": 1, **content, "content_hash": hash_content(content)})


def test_a_snapshot_is_plain_json() -> None:
    """Anybody can read it, in any layout."""
    assert Cohort.from_json(json.dumps(json.loads(text()), indent=4)).members == {"ann", "bob"}
    content, content_hash = read_content(parse(text()))
    assert content["name"] == "March"
    assert content_hash == hash_content(CONTENT)


def test_the_hash_never_moves() -> None:
    """What is kept today can be checked by any later version."""
    assert hash_content(CONTENT) == (
        "113580eeda9013054b91918c768c4a4e9fa763e1ad44ea2224aadca90b7a0dc5"
    )


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("", "a cohort is read from the JSON that `to_json` writes"),
        ("[" * 100_000, "a cohort is read from the JSON that `to_json` writes"),
        (None, "a cohort is read from the JSON that `to_json` writes"),
        ("[]", "a cohort's JSON is an object"),
        ("{}", "a cohort's JSON lacks the key `format`"),
        ('{"format": 2}', "the cohort is not written in form 1: read it with"),
        ('{"format": 1, "nmae": "x"}', "unknown key in a cohort's JSON: did you mean `name`?"),
        (text(name=5), "`name` in a cohort's JSON must be text"),
        (text(name=""), "a cohort's name is text that is not empty and can be printed"),
        (text(members="ann"), "`members` in a cohort's JSON must be a list of ids"),
        (text(members=["ann", ""]), "each of a cohort's members must be text that is not empty"),
        (text(erasures=True), "`erasures` in a cohort's JSON must be a number"),
        (text(taken_at=None), "`taken_at` in a cohort's JSON must be an instant as text"),
        (text(taken_at="soon"), "`taken_at` in a cohort's JSON must be an instant in ISO 8601"),
        (text(taken_at="2026-04-01T00:00:00"), "an instant of a cohort has no time zone"),
        (text().replace("ann", "eve"), "the cohort does not match its content hash"),
        (text().replace('"erasures": 0', '"erasures": 1'), "the cohort does not match its"),
    ],
)
def test_what_is_refused(kept: Any, said: str) -> None:
    """A text that is no cohort, or has been tampered with, says what is wrong and no member."""
    with pytest.raises(CohortError) as caught:
        Cohort.from_json(kept)
    assert str(caught.value).startswith(said)
    assert "ann" not in str(caught.value)
