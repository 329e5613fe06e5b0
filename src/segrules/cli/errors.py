"""What ends a command early, and the codes with which commands end."""

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
  1  findings: a rule with errors, a file that is not formatted, a line that is no record
  2  misuse: a wrong argument, a file that is missing or is not what it should be
"""


class MisuseError(SegrulesError):
    """A command that cannot be carried out as asked."""


class LineError(SegrulesError):
    """A line of a file that is no record. It names file and line, never what the line says."""
