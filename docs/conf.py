"""How the documentation is built: `sphinx-build -W docs build/docs`."""

import re
from importlib.metadata import version as version_of
from typing import ClassVar

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Punctuation, String, Text
from sphinx.application import Sphinx

from segrules.language.words import RESERVED

project = "segrules"
author = "The segrules developers"
version = release = version_of("segrules")
extensions = ["myst_parser"]
html_theme = "furo"
myst_heading_anchors = 3
exclude_patterns = ["conf.py"]


class RuleLexer(RegexLexer):
    """Colours for rules."""

    name = "segrules"
    flags = re.IGNORECASE
    tokens: ClassVar = {
        "root": [
            (r"(#|--).*", Comment),
            (r"'(\\.|[^'\\])*'|\"(\\.|[^\"\\])*\"", String),
            (words(sorted(RESERVED), prefix=r"\b", suffix=r"\b"), Keyword),
            (r"-?\d[\w.:+-]*", Number),
            (r"`[^`]*`|\w+", Name),
            (r"[=!<>(),.]+", Punctuation),
            (r"\s+", Text),
        ]
    }


def setup(app: Sphinx) -> None:
    """Let pages show rules in blocks of `segrules`."""
    app.add_lexer("segrules", RuleLexer)
