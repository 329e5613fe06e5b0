"""The version of the language, which is not the version of the library."""

from typing import Final

LANGUAGE_VERSION: Final = "1.0"
"""Moves whenever an answer moves: the first number where a rule that was accepted may now be
answered otherwise or refused, the second where only rules that were refused are now accepted. The
conformance cases carry it."""
