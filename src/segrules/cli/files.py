"""Files and standard input. Every failure is a MisuseError that names the file."""

import gzip
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from segrules.audience.catalogue.saving import replace_file
from segrules.cli.errors import MisuseError

STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"


def read_text(path: str) -> str:
    """Return a file's text, or that of standard input for `-`, with its line ends unchanged."""
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
        return data.decode("utf-8")
    except (OSError, ValueError) as error:
        raise refusal(STDIN_NAME if path == STDIN else path, error) from None


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, with their numbers.

    A `.gz` is unpacked, and a byte order mark at the start is passed over.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                text = line.removeprefix(BOM_UTF8) if number == 1 else line
                if text.strip():
                    yield number, text
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise MisuseError(f"{path}: is not a whole gzip file") from None
    except (OSError, ValueError) as error:
        raise refusal(str(path), error) from None


def replace_text(path: str, text: str) -> None:
    """Replace a file's text in one step: a reader finds the old text or the new one."""
    try:
        replace_file(Path(path).resolve(), text.encode("utf-8"))
    except OSError as error:
        raise refusal(path, error) from None


def refusal(path: str, error: OSError | ValueError) -> MisuseError:
    """Return the error for a file that the system cannot read or write."""
    match error:
        case UnicodeDecodeError():
            return MisuseError(f"{path}: is not UTF-8 text")
        case OSError(strerror=str(reason)):
            return MisuseError(f"{path}: {reason.lower()}")
        case _:
            return MisuseError(f"{path!r}: is not a file name")
