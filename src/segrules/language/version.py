"""The version of the language, which is not the version of the library."""

from typing import Final

LANGUAGE_VERSION: Final = "1.1"
"""Changes whenever an answer changes: the first number if an accepted rule may now be refused or
answered differently, the second if only rules that were refused are now accepted. The conformance
cases name it."""
