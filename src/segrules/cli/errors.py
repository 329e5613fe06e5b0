"""Errors of the command line, and its exit codes."""

from typing import Final

from segrules import SegrulesError

FINE: Final = 0
FINDINGS: Final = 1
MISUSE: Final = 2
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

EXIT_CODES: Final = """\
exit codes:
  0  fine
  1  findings: a rule with errors, a file that is not formatted, a bad line
  2  misuse: a wrong argument, a file that is missing or of another kind
"""


class MisuseError(SegrulesError):
    """A command that cannot be carried out as given."""

    code = "misuse"


class LineError(SegrulesError):
    """A line of a file that is not a record. It names file and line, never the line's text."""

    code = "bad-line"
