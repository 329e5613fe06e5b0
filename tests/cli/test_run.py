import gzip
import json
import re
from pathlib import Path

import pytest

from tests.cli.shop import CUSTOMERS, EVENTS, Shell, line, write_lines

TABLE = """\
3 segments at 2026-02-20 10:00:00 GMT, the last event

Segment         Members  Share  Joined  Left  By clock
Buyers                2  66.7%       2     0         0
silent                1  33.3%       2     1         2
British buyers        1  33.3%       1     0         0

4 events of 3 customers over 50 days, from 2026-01-01 10:00:00 GMT
6 changes, 2 of them by the clock alone
"""


def members(out: str) -> dict[str, int]:
    return {each["id"]: each["members"] for each in json.loads(out)["segments"]}


def test_a_table(shell: Shell, shop: Path) -> None:
    """The table shows members after the last event, and how they joined and left."""
    result = shell("run", shop)
    assert (result.code, result.out) == (0, TABLE)
    assert re.fullmatch(r"4 events in [\d.]+ s: [\d,]+ events/s\n", result.err)


def test_json(shell: Shell, shop: Path) -> None:
    """JSON is one object with the same figures."""
    data = json.loads(shell("run", shop, "--format", "json").out)
    silent = data.pop("segments")[1]
    assert data == {
        "from": "2026-01-01T10:00:00Z",
        "at": "2026-02-20T10:00:00Z",
        "as_of": "last event",
        "customers": 3,
        "events": 4,
        "bad_lines": 0,
        "changes": 6,
        "changes_by_clock": 2,
    }
    assert silent == {
        "id": "silent",
        "name": "",
        "members": 1,
        "share": 0.333333,
        "joined": 2,
        "left": 1,
        "by_clock": 2,
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--until", "2026-01-03T10:00:00Z"], (1, 0)),
        (["--until", "2026-01-03T09:59:59.999999Z"], (0, 0)),
        (["--at", "2026-01-03"], (0, 0)),
        (["--at", "2026-02-01T10:00:00Z"], (1, 1)),
        (["--at", "2026-02-02T09:59:59.999999Z"], (1, 1)),
        (["--at", "2026-02-02T10:00:00Z"], (1, 2)),
        (["--at", "2026-07-01"], (2, 2)),
        (["--until", "2026-01-02T10:00:00Z", "--at", "2026-07-01"], (0, 2)),
        (["--at", "2025-12-31T00:00:00Z"], (0, 0)),
    ],
)
def test_until_and_at(
    shell: Shell, shop: Path, options: list[str], expected: tuple[int, int]
) -> None:
    """Later events are left out after --until, and the clock stops at --at."""
    counts = members(shell("run", shop, "--format", "json", *options).out)
    assert (counts["buyers"], counts["silent"]) == expected


@pytest.mark.parametrize("name", ["events.jsonl", "segments.toml"])
def test_changes_over_a_file_of_the_store(shell: Shell, shop: Path, name: str) -> None:
    """Changes are not written over what the store is read from."""
    before = (shop / name).read_bytes()
    result = shell("run", shop, "--changes", shop / name)
    assert result.code == 2
    assert "is a file of the store" in result.err
    assert (shop / name).read_bytes() == before


def test_changes(shell: Shell, shop: Path) -> None:
    """`--changes` writes every change with its cause, in order, to a file or to standard output."""
    path = shop / "changes.jsonl"
    assert shell("run", shop, "--changes", path).out == TABLE
    result = shell("run", shop, "--changes", "-")
    assert result.out == path.read_text()
    assert result.err.startswith(TABLE)
    changes = [json.loads(each) for each in result.out.splitlines()]
    assert [(c["customer"], c["segment"], c["change"], c["cause"]["kind"]) for c in changes] == [
        ("ann", "buyers", "joined", "event"),
        ("ann", "british-buyers", "joined", "event"),
        ("bob", "silent", "joined", "clock"),
        ("ann", "silent", "joined", "clock"),
        ("bob", "buyers", "joined", "event"),
        ("bob", "silent", "left", "event"),
    ]
    assert changes[2]["at"] == "2026-02-01T10:00:00Z"


def test_both_as_json(shell: Shell, shop: Path) -> None:
    """If changes go to standard output, the outcome goes to standard error."""
    result = shell("run", shop, "--changes", "-", "--format", "json")
    assert len(result.out.splitlines()) == 6
    assert json.loads(result.err[: result.err.rindex("}") + 1])["changes"] == 6


def test_watch(shell: Shell, shop: Path) -> None:
    """Without a terminal, each day with changes is a line before the table."""
    days = [
        "2026-01-03  buyers 1 +1, british-buyers 1 +1",
        "2026-02-01  silent 1 +1",
        "2026-02-02  silent 2 +1",
        "2026-02-20  buyers 2 +1, silent 1 -1",
    ]
    assert shell("run", shop, "--watch").out == "\n".join(days) + "\n" + TABLE
    beside = shell("run", shop, "--watch", "--format", "json")
    assert beside.err.splitlines()[:4] == days
    assert members(beside.out)["silent"] == 1


def test_colour_and_motion(shell: Shell, shop: Path) -> None:
    """With `--color always`, the table has colour and rules."""
    pytest.importorskip("rich")
    out = shell("run", shop, "--color", "always", "--watch").out
    assert "\x1b[1mSegment" in out
    assert "\u2500" * 20 in out


def test_the_order_of_the_file(shell: Shell, shop: Path) -> None:
    """In the order of the file, ann's facts come first and bob's come late; the end is the same."""
    plain, as_is = (
        json.loads(shell("run", shop, "--format", "json", "--at", "2026-07-01", *more).out)
        for more in ([], ["--as-is"])
    )
    for data in (plain, as_is):
        for segment in data["segments"]:
            del segment["joined"], segment["left"], segment["by_clock"]
    assert plain["segments"] == as_is["segments"]


def test_other_files(shell: Shell, shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each file may be elsewhere or packed, and that of customers may be missing."""
    folder = tmp_path_factory.mktemp("elsewhere")
    packed = folder / "e.jsonl.gz"
    packed.write_bytes(gzip.compress((shop / "events.jsonl").read_bytes()))
    (shop / "segments.toml").rename(folder / "s.toml")
    (shop / "schema.toml").rename(folder / "schema.toml")
    given: list[str | Path] = ["--segments", folder / "s.toml", "--events", packed]
    result = shell("run", *given, "--format", "json")
    assert members(result.out) == {"buyers": 2, "silent": 1, "british-buyers": 0}
    result = shell("run", *given, "--customers", shop / "customers.jsonl")
    assert result.out == TABLE
    result = shell("run", shop, *given[:2], "--schema", folder / "schema.toml")
    assert result.out == TABLE


def test_a_bad_line_ends_it(shell: Shell, shop: Path) -> None:
    """The first bad line ends the command, and nothing is replayed."""
    write_lines(shop / "events.jsonl", [*EVENTS, {"customer_id": "ann"}])
    result = shell("run", shop, "--changes", shop / "changes.jsonl")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"segrules: {shop / 'events.jsonl'}:5: the key `at` is missing")
    assert not (shop / "changes.jsonl").exists()


def test_bad_lines_passed_over(shell: Shell, shop: Path) -> None:
    """All other lines are replayed; the first ten bad ones are reported, and all counted."""
    write_lines(shop / "customers.jsonl", [*CUSTOMERS, {"id": "ann"}])
    write_lines(shop / "events.jsonl", [*({"bad": n} for n in range(20)), *EVENTS])
    result = shell("run", shop, "--skip-bad")
    assert (result.code, result.out) == (0, TABLE)
    reported = result.err.splitlines()
    assert reported[0] == f"{shop / 'customers.jsonl'}:4: repeats the customer of line 1"
    assert reported[1].startswith(f"{shop / 'events.jsonl'}:1: unknown key `bad`")
    assert reported[10] == "passed over 21 bad lines, 11 of them not shown"
    assert json.loads(shell("run", shop, "--skip-bad", "--format", "json").out)["bad_lines"] == 21


def test_nothing_has_happened(shell: Shell, shop: Path) -> None:
    """Without events, `--at` is needed; without customers too, every segment is empty."""
    write_lines(shop / "events.jsonl", [])
    assert "there are no events: name an instant with --at" in shell("run", shop).err
    (shop / "customers.jsonl").unlink()
    result = shell("run", shop, "--at", "2026-01-01")
    assert result.code == 0
    assert "0 events of 0 customers over 0 days" in result.out


def test_an_event_that_comes_twice(shell: Shell, shop: Path) -> None:
    """Lines with the same type and id are one event."""
    again = line("ann", "purchase", "2026-01-03T10:00:00Z", total=19.99) | {"id": "e1"}
    write_lines(shop / "events.jsonl", [again, again])
    (shop / "segments.toml").write_text("[segments.a]\nrule = 'count of orders = 1'\n")
    assert members(shell("run", shop, "--format", "json").out) == {"a": 1}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at", "2026-01-01", "--until", "2026-01-02"], "--at is before --until"),
        (["--until", "soon"], "--until must be an instant"),
        (["--changes", "no-such-folder/x"], "no-such-folder/x: no such file or directory"),
        (["--segments", "none.toml"], "none.toml: no such file or directory"),
        (["--events", "none.jsonl"], "none.jsonl: no such file or directory"),
    ],
)
def test_misuse(shell: Shell, shop: Path, options: list[str], said: str) -> None:
    """Each misuse has one clear message."""
    result = shell("run", shop, *options)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_folder_without_events(shell: Shell, shop: Path) -> None:
    """The message names the missing file, and the option for another."""
    (shop / "events.jsonl").unlink()
    result = shell("run", shop)
    assert result.code == 2
    assert "has no events.jsonl or events.jsonl.gz (name another file with --events)" in result.err


def test_bad_rules_are_findings(shell: Shell, shop: Path) -> None:
    """Rules with errors are not run."""
    (shop / "segments.toml").write_text("[segments.a]\nrule = 'county = 1'\n")
    result = shell("run", shop)
    assert (result.code, result.out) == (1, "")
    assert "did you mean `country`?" in result.err


def test_when_every_line_is_bad(shell: Shell, shop: Path) -> None:
    """Bad lines are reported before the message that there are no events."""
    (shop / "events.jsonl").write_text("{\n[]\n", "utf-8")
    result = shell("run", shop, "--skip-bad")
    assert (result.code, result.out) == (2, "")
    first, second, total, end = result.err.splitlines()
    assert first.startswith(f"{shop / 'events.jsonl'}:1: is not JSON")
    assert second.startswith(f"{shop / 'events.jsonl'}:2: is not a JSON object")
    assert total == "passed over 2 bad lines"
    assert end.startswith("segrules: there are no events")


def test_an_instant_before_all_events(shell: Shell, shop: Path) -> None:
    """An instant before every event has a note."""
    result = shell("run", shop, "--at", "2025-01-01")
    assert result.code == 0
    assert result.err.startswith("no event is before 2025-01-01 00:00:00 GMT\n")
    assert "no event is" not in shell("run", shop).err


@pytest.mark.parametrize("rule", ["country = 'GB'", "country = 'GB"])
@pytest.mark.parametrize("arguments", [["run"], ["run", "--watch"], ["triggers"], ["check"]])
def test_names_cannot_steer_a_terminal(
    shell: Shell, shop: Path, arguments: list[str], rule: str
) -> None:
    """Texts of files are shown without the characters that a terminal obeys."""
    (shop / "segments.toml").write_text(
        f"""[segments."a\\u001b[2J"]\nname = "b\\u001b[2J\\nc"\nrule = "{rule}"\n""", "utf-8"
    )
    result = shell(*arguments, shop)
    assert result.out + result.err
    assert "\x1b" not in result.out + result.err


def test_a_name_takes_one_line(shell: Shell, shop: Path) -> None:
    """A new line in a name is shown as a sign, so that a row takes one line."""
    (shop / "segments.toml").write_text(
        """[segments.a]\nname = "b\\u001b[2J\\nc"\nrule = "country = 'GB'"\n""", "utf-8"
    )
    assert "\nb\ufffd[2J\ufffdc " in shell("run", shop).out
