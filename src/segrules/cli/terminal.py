"""The choice of a screen: `rich` for a terminal, if it is installed, and plain text otherwise."""

import os
from importlib.util import find_spec
from typing import Literal, TextIO, TypeAlias

from segrules.cli.screen import PlainScreen, Screen

ColourChoice: TypeAlias = Literal["auto", "always", "never"]


def open_screen(out: TextIO, colour: ColourChoice) -> Screen:
    """Return a screen for a stream.

    colour: 'auto' gives colour and motion to a terminal alone, 'always' gives colour to any stream.
    """
    is_terminal = out.isatty() and os.environ.get("TERM") != "dumb"
    if colour == "never" or not (is_terminal or colour == "always") or not find_spec("rich"):
        return PlainScreen(out)
    from segrules.cli.rich_screen import RichScreen  # noqa: PLC0415  # an extra, loaded if used

    return RichScreen(out, is_terminal=is_terminal)
