"""`segrules members`."""

import json
from pathlib import Path

import pytest

from tests.cli.shop import Shell, line, write_lines


def test_members(shell: Shell, shop: Path) -> None:
    """Ids are printed in order, one a line; standard error says how many there are, and when."""
    result = shell("members", shop, "--segment", "buyers")
    assert (result.code, result.out) == (0, "ann\nbob\n")
    assert result.err == "2 members of buyers at 2026-02-20 10:00:00 GMT, the last event\n"
    result = shell("members", shop, "--segment", "buyers", "--at", "2026-02-01")
    assert (result.out, result.err) == (
        "ann\n",
        "1 member of buyers at 2026-02-01 00:00:00 GMT\n",
    )


def test_json(shell: Shell, shop: Path) -> None:
    """JSON has the ids and the instant they are of."""
    result = shell("members", shop, "--segment", "silent", "--format", "json")
    assert json.loads(result.out) == {
        "segment": "silent",
        "at": "2026-02-20T10:00:00Z",
        "as_of": "last event",
        "members": ["ann"],
    }
    data = json.loads(
        shell("members", shop, "--segment", "silent", "--at", "2025-01-01", "--format", "json").out
    )
    assert (data["as_of"], data["members"]) == ("option", [])


@pytest.mark.parametrize("at", [[], ["--at", "2026-01-02T10:00:00Z"], ["--at", "2026-07-01"]])
def test_members_run_and_explain_agree(shell: Shell, shop: Path, at: list[str]) -> None:
    """The members are those that `run` counts, and those that `explain` says are in."""
    told = json.loads(shell("run", shop, "--format", "json", *at).out)
    for each in told["segments"]:
        name = ("--segment", each["id"], "--format", "json", *at)
        listed = json.loads(shell("members", shop, *name).out)
        assert (listed["at"], listed["as_of"]) == (told["at"], told["as_of"])
        assert len(listed["members"]) == each["members"]
        for customer in ("ann", "bob", "cyd"):
            why = json.loads(shell("explain", shop, "--customer", customer, *name).out)
            assert why["holds"] is (customer in listed["members"])
            assert (why["at"], why["as_of"]) == (told["at"], told["as_of"])


def test_ids_are_fit_for_a_terminal(shell: Shell, shop: Path) -> None:
    """Characters that move a cursor are shown as one sign, and no id takes two lines."""
    event = line("a\x1b[2J\nb \u202e", "purchase", "2026-01-03T10:00:00Z", total=1)
    write_lines(shop / "events.jsonl", [event])
    out = shell("members", shop, "--segment", "buyers").out
    assert out == "a\ufffd[2J\ufffdb \ufffd\n"


def test_misuse(shell: Shell, shop: Path) -> None:
    """An unknown segment gets advice; no instant can be found without events."""
    result = shell("members", shop, "--segment", "buyer")
    assert (result.code, result.out) == (2, "")
    assert "unknown segment `buyer`: did you mean `buyers`?" in result.err
    (shop / "events.jsonl").write_text("")
    assert "name an instant with --at" in shell("members", shop, "--segment", "buyers").err


def test_the_ready_made_schema_is_said(shell: Shell, shop: Path) -> None:
    """A store without a schema is read by the ready-made one, and standard error says so."""
    (shop / "schema.toml").unlink()
    (shop / "customers.jsonl").unlink()
    (shop / "segments.toml").write_text("[segments.a]\nrule = 'totalSpent > 5'")
    write_lines(shop / "events.jsonl", [line("ann", "purchase", "2026-01-03T10:00:00Z", total=19)])
    said = f"{shop} has no schema.toml: the ready-made schema of a store is used\n"
    for command in (
        ["members", "--segment", "a"],
        ["explain", "--segment", "a", "--customer", "ann"],
        ["run"],
    ):
        result = shell(command[0], shop, *command[1:])
        assert result.code == 0
        assert said in result.err


def test_lists_and_cohorts_are_empty(shell: Shell, shop: Path) -> None:
    """Lists and cohorts that a file names have no members on the command line, which says so."""
    (shop / "segments.toml").write_text(
        "lists = ['press']\ncohorts = ['march', 'may']\n"
        "[segments.others]\nrule = \"NOT (in segment 'press' OR in cohort 'march')\"\n"
        "[segments.chosen]\nrule = \"in segment 'press'\"\n"
    )
    listed = shell("members", shop, "--segment", "others")
    assert listed.out == "ann\nbob\ncyd\n"
    assert listed.err.startswith(
        "the list `press` has no members here: they are not part of the files\n"
        "the cohort `march` has no members here: they are not part of the files\n"
    )
    told = shell("run", shop, "--format", "json")
    assert [each["members"] for each in json.loads(told.out)["segments"]] == [3, 0]
    assert "the list `press` has no members here" in told.err
