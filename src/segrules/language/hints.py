"""What to tell an author about a word that the grammar does not allow where it stands."""

from attrs import frozen

from segrules.language.mistakes import Mistake, shorten
from segrules.language.source import Span
from segrules.language.words import Word


@frozen
class Trouble:
    """A word that does not fit: what came before it, and the kinds of words that would have fitted.

    The word's kind is `$END` at the end of the text, and empty when it is no word at all.
    `opened` is the innermost bracket still open.
    """

    text: str
    word: Word
    before: tuple[Word, ...]
    expected: frozenset[str]
    opened: Span | None = None


def explain(trouble: Trouble) -> Mistake:
    """Return the mistake behind a word that does not fit."""
    found = shorten(trouble.word.text)
    return Mistake("syntax", f"unexpected `{found}` {sorted(trouble.expected)}", trouble.word.span)
