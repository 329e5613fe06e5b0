"""Cases as a host uses them."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import pytest

from segrules import Schema, SegrulesError, Verdict
from segrules.conformance import Case, Disagreement, case, load_cases, run_cases, runner
from segrules.conformance.__main__ import main

AT = datetime(2026, 3, 14, 12, tzinfo=UTC)
LATER = AT + timedelta(days=1)
OPEN = Schema.open()


def make(expected: case.Answer) -> Case:
    return Case("some/case", "one sentence", OPEN, "points > 5", AT, expected)


def answer_yes(_: Case) -> bool:
    return True


def test_load() -> None:
    """The cases that ship are read with their schemas, facts and answers."""
    cases = {each.id: each for each in load_cases()}
    ahead = cases["events/future-within"]
    assert ahead.expected == Verdict(holds=False, until=datetime(2026, 3, 20, 12, tzinfo=UTC))
    assert [event.type for event in ahead.customer.events] == ["purchase"]
    assert ahead.schema.timezone == "UTC"
    assert cases["grid/value/points/above/passes/1"].expected is True


def test_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases of another version of the language are refused."""
    monkeypatch.setattr(case, "LANGUAGE_VERSION", "0.9")
    with pytest.raises(SegrulesError, match=r"of language version 1\.1, and this is 0\.9"):
        load_cases()


def test_verdict_expected() -> None:
    """A verdict is compared with the expected one, a bool with its answer alone."""
    expecting = make(Verdict(holds=True, until=LATER))
    assert expecting.accepts(Verdict(holds=True, until=LATER))
    assert not expecting.accepts(Verdict(holds=True))
    assert expecting.accepts(answer=True)
    assert not expecting.accepts(answer=False)


def test_bool_expected() -> None:
    """If a bool is expected, `until` may be anything."""
    expecting = make(expected=False)
    assert expecting.accepts(Verdict(holds=False, until=LATER))
    assert not expecting.accepts(Verdict(holds=True))


def test_report() -> None:
    """A report is true if nothing disagrees, and says how many cases were asked."""
    report = run_cases(answer_yes, [make(expected=True)])
    assert report
    assert str(report) == "language 1.1: 1 of 1 case as expected"


def test_disagreement() -> None:
    """A disagreement says what was asked, expected and answered."""
    report = run_cases(answer_yes, [make(expected=True), make(Verdict(holds=False))])
    assert not report
    assert str(report) == (
        "some/case: one sentence\n"
        "  rule: points > 5\n"
        "  at: 2026-03-14T12:00:00+00:00\n"
        "  expected: does not hold, until further notice\n"
        "  answered: holds\n"
        "language 1.1: 1 of 2 cases as expected"
    )


def test_until_printed() -> None:
    """An `until` is printed as an instant."""
    shown = str(Disagreement(make(expected=True), Verdict(holds=True, until=LATER)))
    assert "answered: holds, until 2026-03-15T12:00:00+00:00" in shown


def test_error() -> None:
    """An error that an adapter raises is a disagreement like any other."""

    def ask(_: Case) -> bool:
        raise LookupError("no such customer")

    (found,) = run_cases(ask, [make(expected=True)]).disagreements
    assert str(found).endswith("answered: LookupError: no such customer")


def test_every_case_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cases, all that ship are asked."""
    monkeypatch.setattr(runner, "load_cases", lambda: (make(expected=True),))
    assert run_cases(answer_yes).asked == 1


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The command asks both evaluators of segrules, which agree with every case."""
    assert main(["--only", "that/"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[::2] == ["reference", "compiled"]
    assert lines[1] == lines[3]


def test_command_with_an_adapter(capsys: pytest.CaptureFixture[str]) -> None:
    """The command asks a host's own adapter, and fails if that disagrees."""
    adapter = f"{__name__}:answer_yes"
    assert main(["--only", "logic/excluded-middle", "--ask", adapter]) == 0
    assert main(["--only", "logic/nobody/", "--ask", adapter]) == 1
    assert "answered: holds" in capsys.readouterr().out


def test_command_lists(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints the ids and sentences of cases."""
    assert main(["--list", "--only", "logic/not-not-not"]) == 0
    first, _ = capsys.readouterr().out.splitlines()
    assert first == "logic/not-not-not: three NOTs are one"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "nothing/"], "no case has an id that starts with `nothing/`"),
        (["--ask", "no.such:thing"], "--ask no.such:thing: No module named 'no'"),
        (["--ask", "segrules:nothing"], "--ask segrules:nothing: module 'segrules' has no"),
    ],
)
def test_command_refuses(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command names what it cannot find."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package runs as a module, and exits with 0 if every case agrees."""
    monkeypatch.setattr(sys, "argv", ["conformance", "--only", "logic/not-not"])
    monkeypatch.delitem(sys.modules, "segrules.conformance.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("segrules.conformance", run_name="__main__")
    assert caught.value.code == 0
