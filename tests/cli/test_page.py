"""Pages and README show what the command line prints."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.shop import Result, Shell

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
FILES = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
README = (ROOT / "README.md").read_text("utf-8")
SESSIONS = sorted(re.findall(r"```console\n(.*?)```", PAGE + README, re.DOTALL))
SAME = doctest.OutputChecker().check_output
REPLAYED: dict[tuple[str, ...], Result] = {}
"""The results of `run` on the example store, since sessions repeat them."""


def play(session: str, shell: Shell) -> None:
    """Run the commands of a session, and compare what they print with what the page shows."""
    code = 0
    for shown in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, expected = shown.partition("\n")
        if command == "echo $?":
            printed = f"{code}\n"
        else:
            name, *arguments = shlex.split(command)
            assert name == "segrules"
            result = REPLAYED.get(tuple(arguments)) or shell(*arguments)
            if arguments[:2] == ["run", "examples/store"]:
                REPLAYED[tuple(arguments)] = result
            code, printed = result.code, result.out + result.err
        assert SAME(expected, printed, doctest.ELLIPSIS), f"$ {command}\n{printed}"


def test_every_command_is_shown() -> None:
    """The page has a session of each command."""
    assert len(SESSIONS) >= 8
    for command in ("check", "fmt", "triggers", "explain", "run"):
        assert any(f"$ segrules {command} " in session for session in SESSIONS)


@pytest.mark.parametrize("session", SESSIONS, ids=[s.split("\n")[0][2:] for s in SESSIONS])
def test_session(
    session: str, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session prints what the page says."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for name, text in FILES:
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    play(session, shell)
