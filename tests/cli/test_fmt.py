import io
import sys
from pathlib import Path

import pytest

from segrules.cli import fmt
from segrules.cli.errors import MisuseError
from tests.cli.shop import Shell

MESSY = "# mine\n[segments.a]\nname = 'A'  # kept\nrule = \"a=1 and b  IN (x,y) # why\"\n"
TIDY = (
    "# mine\n[segments.a]\nname = 'A'  # kept\nrule = '''\na = 1\nAND b in ('x', 'y')  # why\n'''\n"
)


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "segments.toml"
    path.write_text(MESSY)
    return path


def test_files_are_rewritten(shell: Shell, messy: Path, tmp_path: Path) -> None:
    """A file's rules become canonical and all else stays; a second time nothing changes."""
    rule = tmp_path / "one.rule"
    rule.write_text("a=1")
    rule.chmod(0o640)
    result = shell("fmt", messy, rule)
    assert (result.code, result.out) == (0, f"reformatted {messy}\nreformatted {rule}\n")
    assert messy.read_text() == TIDY
    assert rule.read_text() == "a = 1\n"
    assert rule.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.rule", "segments.toml"]
    assert shell("fmt", messy, rule).out == ""


def test_check_and_diff_write_nothing(shell: Shell, messy: Path) -> None:
    """Both end with 1 if something would change, and name or show it."""
    check, diff = shell("fmt", "--check", messy), shell("fmt", "--diff", messy)
    assert (check.code, check.out) == (1, f"would reformat {messy}\n")
    assert diff.code == 1
    assert f"--- {messy}\n+++ {messy}\n" in diff.out
    assert "\n-rule = \"a=1 and b  IN (x,y) # why\"\n+rule = '''\n+a = 1\n" in diff.out
    assert messy.read_text() == MESSY
    messy.write_text(TIDY)
    assert shell("fmt", "--check", "--diff", messy) == shell("fmt", messy)


def test_other_inputs_are_printed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of an option, and the text of standard input, are printed formatted."""
    assert shell("fmt", "--rule", "a=1").out == "a = 1\n"
    for text, formatted in (("a=1 # so", "a = 1  # so\n"), (MESSY, TIDY), (TIDY, TIDY)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert shell("fmt", "-").out == formatted


def test_one_bad_rule_and_no_file_is_touched(shell: Shell, messy: Path, tmp_path: Path) -> None:
    """Every finding is reported with its segment, and every file stays as it was."""
    bad = tmp_path / "bad.toml"
    bad.write_text("[segments.x]\nrule = 'a =='\n[segments.y]\nrule = 'a = 1 AND'\n")
    result = shell("fmt", messy, bad)
    assert (result.code, result.out) == (1, "")
    assert f"at {bad}:2:11 [segments.x]" in result.err
    assert f"at {bad}:4:18 [segments.y]" in result.err
    assert messy.read_text() == MESSY


def test_a_byte_order_mark_stays(shell: Shell, tmp_path: Path) -> None:
    """A byte order mark at the start of a file stays there."""
    for name, text, formatted in (("a.toml", MESSY, TIDY), ("a.rule", "a=1", "a = 1\n")):
        path = tmp_path / name
        path.write_bytes(("\ufeff" + text).encode())
        assert shell("fmt", path).code == 0
        assert path.read_bytes() == ("\ufeff" + formatted).encode()


def test_a_link_stays_a_link(shell: Shell, messy: Path, tmp_path: Path) -> None:
    """The target of a link is rewritten, not the link."""
    link = tmp_path / "link.toml"
    link.symlink_to(messy)
    assert shell("fmt", link).code == 0
    assert link.is_symlink()
    assert messy.read_text() == TIDY


def test_a_file_that_cannot_be_written(
    shell: Shell, messy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the system refuses to write, the file stays as it was."""

    def refuse(path: str, _: str) -> None:
        raise MisuseError(f"{path}: read-only file system")

    monkeypatch.setattr(fmt, "replace_text", refuse)
    result = shell("fmt", messy)
    assert (result.code, result.err) == (2, f"segrules: {messy}: read-only file system\n")
    assert messy.read_text() == MESSY
