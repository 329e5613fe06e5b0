"""Files of TOML, read with errors that name the file."""

import tomllib
from pathlib import Path
from typing import Any

from segrules.meaning.definitions import SchemaError, SchemaFinding


def read_file(path: str | Path) -> str:
    """Return a file's text, without its byte order mark; raises SchemaError naming the file."""
    try:
        return Path(path).read_text("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
    except UnicodeDecodeError:
        reason = "is not UTF-8 text"
    except ValueError:
        reason = "is not a path"
    raise SchemaError(_printable(path), (SchemaFinding("", reason),))


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Return what a TOML text holds; raises SchemaError with what errors call the text."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemaError(name, (SchemaFinding("", f"is not TOML: {error}"),)) from None


def _printable(path: str | Path) -> str:
    text = str(path)
    return text if text.isprintable() else ascii(text)
