"""Files of TOML."""

from pathlib import Path

import pytest

from segrules import SchemaError
from segrules.meaning.files import parse_toml, read_file


def test_read(tmp_path: Path) -> None:
    """A file is read as UTF-8, its byte order mark left out."""
    path = tmp_path / "shop.toml"
    path.write_text("\ufeffname = 'Café'", "utf-8")
    assert parse_toml(read_file(path), "shop.toml") == {"name": "Café"}


def test_unreadable(tmp_path: Path) -> None:
    """What cannot be read is named, with the reason; nothing in it reaches a terminal raw."""
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for path, said in (
        (tmp_path / "none.toml", "none.toml: no such file or directory"),
        (binary, "binary.toml: is not UTF-8 text"),
        (tmp_path, "is a directory"),
        ("x\0.toml", r"'x\x00.toml': is not a path"),
    ):
        with pytest.raises(SchemaError) as error:
            read_file(path)
        assert said in str(error.value)
        assert str(error.value).isprintable()


@pytest.mark.parametrize("text", ["a = [1", "a = " + "[" * 5000, "a = " + "1" * 5000])
def test_no_toml(text: str) -> None:
    """What is no TOML is refused by the name it was given."""
    with pytest.raises(SchemaError, match=r"^shop\.toml: is not TOML: "):
        parse_toml(text, "shop.toml")
