import json
from pathlib import Path

import pytest

from tests.cli.shop import Result, Shell


def explain(shell: Shell, shop: Path, *more: str, segment: str = "british-buyers") -> Result:
    return shell("explain", shop, "--segment", segment, *more)


def test_a_member(shell: Shell, shop: Path) -> None:
    """The answer is printed first, then each condition with what it found."""
    result = explain(shell, shop, "--customer", "ann", "--at", "2026-07-01")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "ann is in british-buyers at 2026-07-01 00:00:00 BST"
    assert lines[2].startswith("yes all of these: 2 of 2 hold")
    assert lines[3] == "  yes country = 'GB': 'GB'"


def test_customers_with_few_facts(shell: Shell, shop: Path) -> None:
    """A customer may have no events, or no line with attributes."""
    assert "cyd is not in buyers" in explain(shell, shop, "--customer", "cyd", segment="buyers").out
    (shop / "customers.jsonl").unlink()
    assert "bob is in buyers" in explain(shell, shop, "--customer", "bob", segment="buyers").out


def test_the_last_event_is_the_default(shell: Shell, shop: Path) -> None:
    """Without an instant the question is about that of the last event, as in `run`."""
    result = explain(shell, shop, "--customer", "ann", "--format", "json")
    data = json.loads(result.out)
    assert (data["at"], data["as_of"]) == ("2026-02-20T10:00:00Z", "last event")
    assert data["customer"] == "ann"
    assert data["segment"] == "british-buyers"
    assert data["holds"] is True
    assert len(data["parts"]) == 2
    told = explain(shell, shop, "--customer", "ann").out.split("\n")[0]
    assert told == "ann is in british-buyers at 2026-02-20 10:00:00 GMT, the last event"
    (shop / "events.jsonl").write_text("")
    result = explain(shell, shop, "--customer", "ann")
    assert result.err == "segrules: there are no events: name an instant with --at\n"


def test_redacted(shell: Shell, shop: Path) -> None:
    """`--redact` leaves values out."""
    result = explain(shell, shop, "--customer", "ann", "--at", "2026-07-01", "--redact")
    assert "  yes country = 'GB': a value" in result.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--customer", "zoe"], "no line is about the customer `zoe`"),
        (["--customer", "ann", "--segment", "buyer"], "did you mean `buyers`?"),
        (["--customer", "ann", "--at", "noon"], "--at must be an instant with its offset"),
        (["--customer", "ann", "--at", "2026-01-01T00:00:00"], "--at must be an instant"),
    ],
)
def test_misuse(shell: Shell, shop: Path, arguments: list[str], said: str) -> None:
    """An unknown customer or segment, and a wrong instant, each have a message."""
    result = explain(shell, shop, *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_bad_lines_are_reported(shell: Shell, shop: Path) -> None:
    """An answer that passed over bad lines reports them."""
    with (shop / "events.jsonl").open("a") as file:
        file.write("{}\n")
    assert explain(shell, shop, "--customer", "ann").code == 1
    result = explain(shell, shop, "--customer", "ann", "--skip-bad")
    assert result.code == 0
    assert result.err.endswith("passed over 1 bad line\n")
