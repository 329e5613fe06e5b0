import os
from pathlib import Path

import pytest

from segrules.cli.errors import MisuseError
from segrules.cli.files import read_lines, read_text, replace_text


def test_text_comes_as_it_is(tmp_path: Path) -> None:
    """Reading and writing both keep line ends."""
    path = tmp_path / "a.toml"
    path.write_bytes(b"")
    replace_text(str(path), "a\r\nb\n")
    assert path.read_bytes() == b"a\r\nb\n"
    assert read_text(str(path)) == "a\r\nb\n"


def test_a_file_that_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the last step fails, the old text stays and no draft is left."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    path = tmp_path / "a.toml"
    path.write_text("old")
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(MisuseError, match=r"a\.toml: read-only file system"):
        replace_text(str(path), "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.toml"]  # noqa: PTH208  # names are enough


def test_impossible_names() -> None:
    """A text that cannot name a file is refused with that reason."""
    with pytest.raises(MisuseError, match="is not a file name"):
        read_text("a\0b")
    with pytest.raises(MisuseError, match="is not a file name"):
        list(read_lines(Path("a\0b")))
