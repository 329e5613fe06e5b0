"""What to tell an author about a word that the grammar does not allow where it stands."""

import re
from functools import cache

from attrs import frozen

from segrules.language.habits import HABITS
from segrules.language.hints import HINTS, Fields, Hint, Wording
from segrules.language.mistakes import Mistake, shorten
from segrules.language.source import Span
from segrules.language.words import Word

_REACH = 200
"""How far back a hint looks for what explains a mistake."""


@frozen
class Trouble:
    """A word that does not fit, and the kinds of words that would have fitted.

    The word's kind is `$END` at the end of the text, and `?` when it is no word at all.
    `opened` is the innermost bracket still open.
    """

    text: str
    word: Word
    expected: frozenset[str]
    opened: Span | None = None


def explain(trouble: Trouble) -> Mistake:
    """Return the mistake behind a word that does not fit."""
    for hint in (*HABITS, *HINTS):
        if mistake := _try(hint, trouble):
            return mistake
    return Mistake("syntax", _expectation(trouble), trouble.word.span)


def _try(hint: Hint, trouble: Trouble) -> Mistake | None:
    word, start = trouble.word, trouble.word.span.start
    if hint.kinds and word.kind not in hint.kinds:
        return None
    if not hint.expected <= trouble.expected or hint.lacking & trouble.expected:
        return None
    fields = {"word": word.text}
    end = word.span.end
    if hint.at is not None:
        at = _compile(hint.at).match(trouble.text, start)
        if at is None:
            return None
        fields |= at.groupdict()
        end = at.end()
    if hint.before is not None:
        pattern = _compile(rf"(?:{hint.before})\Z")
        before = pattern.search(trouble.text, max(0, start - _REACH), start)
        if before is None:
            return None
        fields |= before.groupdict()
        start = before.start("it") if "it" in fields else start
    culprit = trouble.text[start:end].rstrip()
    fields["it"] = shorten(culprit)
    opened = (trouble.opened, "it was opened here") if trouble.opened else None
    return Mistake(
        hint.code,
        _worded(hint.message, fields),
        Span(start, start + len(culprit)),
        _worded(hint.help, fields),
        opened if hint.shows_opened else None,
    )


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    # The many patterns are compiled when a mistake first asks for them, not at every import.
    return re.compile(pattern, re.IGNORECASE)


def _worded(wording: Wording, fields: Fields) -> str:
    return wording.format_map(fields) if isinstance(wording, str) else wording(fields)


# The general case: what would have fitted, in words

_CONDITION_END = frozenset({"AND", "OR", "RPAR", "$END"})
_PHRASES = (
    (
        "NAME NOT LPAR ANY NO FIRST LAST COUNT SUM AVG MIN MAX IN",
        "a condition such as `country = 'GB'`",
    ),
    ("NAME COUNT SUM AVG MIN MAX", "a number such as `count of orders`, or `time of last event`"),
    (
        "SIGN IS NOT BETWEEN IN CONTAINS STARTS ENDS WITHIN SINCE AFTER BEFORE ON",
        "an operator such as `=`, `in` or `within`",
    ),
    (
        "BETWEEN IN CONTAINS STARTS ENDS WITHIN SINCE AFTER BEFORE ON",
        "an operator such as `in` or `within`",
    ),
    (
        "SIGN BETWEEN WITHIN SINCE AFTER BEFORE IN ON",
        "a comparison such as `> 3`, a time window such as `within 30 days`",
    ),
    ("WITHIN SINCE AFTER BEFORE BETWEEN IN ON", "a time window such as `within 30 days`"),
    ("TEXT NUMBER TRUE FALSE DATE DATETIME NAME", "a value such as `'loyal'` or `500`"),
    ("DATE DATETIME DURATION THAT", "a point in time such as `2026-03-14` or `30 days ago`"),
    (
        "DATE YEAR_MONTH YEAR_QUARTER NUMBER TODAY YESTERDAY THIS LAST",
        "a period such as `2026-03` or `last month`",
    ),
    ("SIGN BETWEEN", "a comparison such as `> 3`"),
    ("TEXT", "text in quotes"),
    ("NAME", "a name"),
    ("NUMBER", "a number"),
    ("DURATION", "a length of time such as `30 days`"),
    ("LPAR", "`(`"),
    ("RPAR", "`)`"),
    ("COMMA", "`,`"),
    ("AND", "AND"),
    ("OR", "OR"),
    ("$END", "the end"),
)


def _expectation(trouble: Trouble) -> str:
    word, waited = trouble.word.text, trouble.expected
    if "AND" in waited and "BETWEEN" not in waited | {trouble.word.kind}:
        waited &= _CONDITION_END
    found = f"found `{shorten(word)}`" if word.isprintable() else f"found U+{ord(word[0]):04X}"
    end = "but the text ends here" if trouble.word.kind == "$END" else found
    return f"expected {_either(_phrases(waited))}, {end}"


def _phrases(kinds: frozenset[str]) -> list[str]:
    phrases = []
    for group, phrase in _PHRASES:
        if kinds.issuperset(group.split()):
            phrases.append(phrase)
            kinds -= frozenset(group.split())
    return [*phrases, *(f"`{keyword.lower()}`" for keyword in sorted(kinds))]


def _either(phrases: list[str]) -> str:
    *most, last = phrases
    return f"{', '.join(most)} or {last}" if most else last
