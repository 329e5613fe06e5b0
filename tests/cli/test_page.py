"""The pages show what the command line prints."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.shop import Shell

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
FILES = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
README = (ROOT / "README.md").read_text("utf-8")
SAME = doctest.OutputChecker().check_output


def read_sessions() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the sessions by what is typed: for each place that shows one, what is printed."""
    sessions: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for session in re.findall(r"```console\n(.*?)```", PAGE + README, re.DOTALL):
        steps = re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]
        typed, _, printed = zip(*(step.partition("\n") for step in steps), strict=True)
        sessions.setdefault(typed, []).append(printed)
    return sessions


SESSIONS = read_sessions()


def play(typed: tuple[str, ...], shell: Shell) -> None:
    """Type what a session types, and hold what comes against what is shown of it."""
    code = 0
    for command, *shown in zip(typed, *SESSIONS[typed], strict=True):
        if command == "echo $?":
            printed = f"{code}\n"
        else:
            name, *arguments = shlex.split(command)
            assert name == "segrules"
            result = shell(*arguments)
            code, printed = result.code, result.out + result.err
        for expected in shown:
            assert SAME(expected, printed, doctest.ELLIPSIS), f"$ {command}\n{printed}"


def test_every_command_is_shown() -> None:
    """The page has a session of each command."""
    assert len(SESSIONS) >= 8
    for command in ("check", "fmt", "triggers", "explain", "run", "schema infer"):
        assert any(typed[0].startswith(f"segrules {command} ") for typed in SESSIONS)


@pytest.mark.parametrize("typed", SESSIONS, ids=[typed[0] for typed in SESSIONS])
def test_session(
    typed: tuple[str, ...], shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session prints what the pages say."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for name, text in FILES:
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    play(typed, shell)
