import io
import re
import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest

from segrules.cli import run
from segrules.cli.arguments import make_parser
from segrules.cli.main import COMMANDS as COMMANDS_THERE_ARE
from tests.cli.shop import Shell

STORE = Path(__file__).parents[2] / "examples" / "store"
SEGRULES = [sys.executable, "-m", "segrules"]
COMMANDS = [
    "check", "fmt", "triggers", "explain", "members", "run", "schema check", "schema infer"
]  # fmt: skip
NEEDED = {
    "explain": ["--segment", "a", "--customer", "b"],
    "members": ["--segment", "a"],
    "schema check": ["schema.toml"],
    "schema infer": ["facts.jsonl"],
}
"""What a command cannot do without."""


@pytest.mark.parametrize("arguments", [[], ["schema"], *(name.split() for name in COMMANDS)])
def test_help(shell: Shell, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The help of every command lists the codes, and fits a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    result = shell(*arguments, "--help")
    assert max(map(len, result.out.splitlines())) < 80
    assert result.code == 0
    assert re.search(r"0  fine\n  1  findings.*\n  2  misuse", result.out)


def test_version(shell: Shell) -> None:
    """The version is the package's."""
    assert re.fullmatch(r"segrules \d+\.\d+\.\d+\n", shell("--version").out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["fix"],
        ["schema", "fix"],
        ["schema", "check"],
        ["schema", "check", "no-such.toml"],
        ["members"],
        ["check"],
        ["check", "no-such.toml"],
        ["check", "."],
        ["check", "--rule", "a = 1", "--schema", "no-such.toml"],
        ["run"],
        ["run", "no-such-folder"],
        ["run", ".", "--format", "xml"],
        ["explain", "--segment", "x"],
    ],
)
def test_misuse_is_one_message(
    shell: Shell, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Misuse ends a command with 2, and standard error says why."""
    monkeypatch.chdir(tmp_path)
    result = shell(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[-1].startswith("segrules")
    assert "Traceback" not in result.err


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["--colr", "--col", "--colr=never"])
@pytest.mark.parametrize("is_whole", [True, False])
def test_an_unknown_option(
    shell: Shell,
    name: str,
    option: str,
    is_whole: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    """A misspelt or abbreviated option gets the usage and advice, even if more is missing."""
    result = shell(*name.split(), *(NEEDED.get(name, []) if is_whole else []), option)
    assert result.code == 2
    assert result.err.startswith(f"usage: segrules {name} ")
    said = f"unknown option `{option.partition('=')[0]}`: did you mean `--color`?\n"
    assert result.err.endswith(f"segrules {name}: error: {said}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "unknown command `chek`: did you mean `check`?"),
        (["member", "--segment", "x"], "unknown command `member`: did you mean `members`?"),
        (["schema", "chek"], "unknown command `chek`: did you mean `check`?"),
        (["frobnicate"], "unknown command `frobnicate`: one of: `check`, `explain`, `fmt`, "),
        (["--verion"], "unknown option `--verion`: did you mean `--version`?"),
    ],
)
def test_an_unknown_command(shell: Shell, arguments: list[str], said: str) -> None:
    """A misspelt command gets advice; one that is like no other gets all there are."""
    result = shell(*arguments)
    assert (result.code, result.out) == (2, "")
    assert f"error: {said}" in result.err


def test_no_command_at_all(shell: Shell) -> None:
    """Without a command there is the help, which is what such a call asks for."""
    assert shell() == shell("--help")
    assert shell("schema") == shell("schema", "--help")
    assert shell().code == 0


def parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """Yield a parser and those of its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for inner in action.choices.values():
                yield from parsers(inner)


def test_every_option_has_help() -> None:
    """Each command and each of its arguments has a help text, and every command a description."""
    found = list(parsers(make_parser(COMMANDS_THERE_ARE)))
    assert len(found) == len(COMMANDS) + 2
    for parser in found:
        assert parser.description, parser.prog
        for action in parser._actions:
            if isinstance(action, _SubParsersAction):
                assert all(choice.help for choice in action._choices_actions)
            else:
                assert action.help, (parser.prog, action.dest)


def test_an_interruption_ends_quietly(
    shell: Shell, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends a command without a message."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "play_course", interrupt)
    result = shell("run", shop)
    assert (result.code, result.err) == (130, "")


def test_a_full_disk_is_one_message(
    shell: Shell, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the system midway is one line."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "play_course", fail)
    result = shell("run", shop)
    assert (result.code, result.err) == (2, "segrules: no space left on device\n")


def test_a_broken_pipe_ends_quietly() -> None:
    """A reader that closes the pipe early gets no message."""
    with subprocess.Popen(  # noqa: S603  # ourselves
        [*SEGRULES, "run", STORE, "--changes", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"customer"')
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("text", "code", "printed"),
    [
        (b"totalSpent > 5", 0, "1 rule checked, no findings"),
        (b"totalSpend > 5", 1, "<stdin>:1:1"),
        (b"[segments.x]\nrule = 'totalSpend > 5'", 1, "<stdin>:2:9 [segments.x]"),
        (b"\xff", 2, "<stdin>: is not UTF-8 text"),
        (b"\x00" * 1000, 1, "error[character]"),
        (b"(" * 100_000, 1, "error[too-long]"),
        (b"a = " + b"[" * 100_000, 1, "error[too-long]"),
    ],
)
def test_standard_input(text: bytes, code: int, printed: str) -> None:
    """The text of `-` is a file of segments if it looks like one, and otherwise a rule."""
    done = subprocess.run(  # noqa: S603  # ourselves
        [*SEGRULES, "check", "-"], input=text, capture_output=True, check=False
    )
    assert done.returncode == code
    assert printed in (done.stdout + done.stderr).decode()


def test_half_a_surrogate_can_be_printed(
    shell: Shell, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text that has no encoding is printed escaped."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", out)
    (shop / "events.jsonl").write_text(
        '{"customer_id": "\\ud800", "type": "view", "at": "2026-01-01T00:00:00Z"}\n'
    )
    assert shell("explain", shop, "--segment", "buyers", "--customer", "\ud800").code == 0
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    assert out.buffer.getvalue().startswith(b"\\ud800 is not in buyers")


@pytest.mark.parametrize("command", ["check", "fmt", "triggers", "run"])
def test_an_empty_name(shell: Shell, command: str) -> None:
    """An empty name, as of a variable that is not set, is not the folder one is in."""
    result = shell(command, "")
    assert result.code == 2
    assert "is empty" in result.err
