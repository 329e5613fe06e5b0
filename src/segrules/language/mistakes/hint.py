"""Hints: what an author probably meant by a word that does not fit.

A hint answers by the text around the word and by what the grammar expected there. The first hint
that answers decides; without one, the message lists what would have fitted.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from attrs import field, frozen

from segrules.language.mistakes.mistake import Mistake
from segrules.language.names import NO_NAMES, Names
from segrules.language.source import Span
from segrules.language.suggestions import shorten
from segrules.language.words import RESERVED, Word

Fields: TypeAlias = Mapping[str, str]
Wording: TypeAlias = str | Callable[[Fields], str]

NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
QUOTED = r"'[^'\r\n]*'|\"[^\"\r\n]*\""
PERIOD_UNIT = "week|month|quarter|year"
"""Patterns that both tables of hints use."""

NOT_CONNECTIVES = " ".join(sorted(RESERVED - {"and", "or", "not"})).upper()
"""The kinds of the keywords that do not join or negate conditions."""

_REACH = 200
"""How many characters before the word a hint can see."""


@frozen
class Misfit:
    """A word that does not fit, and the kinds of words that would have fitted.

    The word's kind is `$END` at the end of the text, and `?` when it is not a word at all.
    `opened` is the innermost bracket still open, `before` the words before, the nearest last.
    expected_before: gives the kinds that would have fitted in the place of the word this many words
    before. reach: gives the place up to which another text can be read; None if all of it can.
    """

    text: str
    word: Word
    expected: frozenset[str]
    opened: Span | None
    before: Sequence[Word]
    expected_before: Callable[[int], frozenset[str]]
    reach: Callable[[str], int | None]


Sharpen: TypeAlias = Callable[[Mistake, Misfit, Names], Mistake]
"""Returns the mistake to report if the names of a schema are known."""


def _kinds(words: str) -> frozenset[str]:
    return frozenset(words.split())


@frozen
class Hint:
    """A mistake that people make, recognised by its surroundings.

    It answers a misfit when every condition given holds: the word is of one of `kinds`; `at`
    matches from the word on and `before` right up to it; the grammar expected every kind in
    `expected` and none in `lacking`.

    The place of the mistake runs from the group `it` of `before`, or else the word, to the end of
    what `at` matched. Message and help are filled in with the groups of both patterns, with `it`
    as the text at that place and `word` as the word.

    sharpen: makes more of the mistake where names are known. example: a short text that this hint
    answers, and no other hint before it.
    """

    code: str
    message: Wording
    help: Wording
    at: str | None = None
    before: str | None = None
    kinds: frozenset[str] = field(default="", converter=_kinds)
    expected: frozenset[str] = field(default="", converter=_kinds)
    lacking: frozenset[str] = field(default="", converter=_kinds)
    shows_opened: bool = False
    sharpen: Sharpen | None = None
    example: str = field(kw_only=True)


def explain(misfit: Misfit, hints: Iterable[Hint], names: Names = NO_NAMES) -> Mistake:
    """Return the mistake behind a misfit, by the first hint that answers it."""
    for hint in hints:
        if mistake := answer(hint, misfit):
            if hint.sharpen is None or names is NO_NAMES:
                return mistake
            return hint.sharpen(mistake, misfit, names)
    return Mistake("syntax", _expectation(misfit), misfit.word.span)


def answer(hint: Hint, misfit: Misfit) -> Mistake | None:
    """Return the mistake that a hint sees in a misfit, or None."""
    word, start = misfit.word, misfit.word.span.start
    if hint.kinds and word.kind not in hint.kinds:
        return None
    if not hint.expected <= misfit.expected or hint.lacking & misfit.expected:
        return None
    fields = {"word": word.text}
    end = word.span.end
    if hint.at is not None:
        at = _compile(hint.at).match(misfit.text, start)
        if at is None:
            return None
        fields |= at.groupdict()
        end = at.end()
    if hint.before is not None:
        pattern = _compile(rf"(?:{hint.before})\Z")
        before = pattern.search(misfit.text, max(0, start - _REACH), start)
        if before is None:
            return None
        fields |= before.groupdict()
        start = before.start("it") if "it" in fields else start
    culprit = misfit.text[start:end].rstrip()
    fields["it"] = shorten(culprit)
    opened = (misfit.opened, "it was opened here") if misfit.opened else None
    return Mistake(
        hint.code,
        _worded(hint.message, fields),
        Span(start, start + len(culprit)),
        _worded(hint.help, fields),
        opened if hint.shows_opened else None,
    )


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    # compiling all patterns at import would slow down every start for the sake of rare mistakes
    return re.compile(pattern, re.IGNORECASE)


def _worded(wording: Wording, fields: Fields) -> str:
    return wording.format_map(fields) if isinstance(wording, str) else wording(fields)


def in_ascii(word: str) -> str:
    """Return the lower case of a word that a pattern took for one of plain letters."""
    # a pattern that ignores case matches the long s, and Turkish letters, too
    return word.replace("İ", "i").upper().lower()


# Where no hint answers: what would have fitted, in words

_CONDITION_END = frozenset({"AND", "OR", "RPAR", "$END"})
_IN_WORDS = (
    (
        "NAME NOT LPAR ANY NO FIRST LAST COUNT SUM AVG MIN MAX IN",
        "a condition such as `country = 'GB'`",
    ),
    ("NAME NOT LPAR", "a condition such as `device = 'mobile'`"),
    ("NAME COUNT SUM AVG MIN MAX", "a number such as `count of orders`, or `time of last event`"),
    (
        "SIGN IS NOT HAS BETWEEN IN CONTAINS STARTS ENDS WITHIN SINCE AFTER BEFORE ON",
        "an operator such as `=`, `in` or `within`",
    ),
    (
        "HAS BETWEEN IN CONTAINS STARTS ENDS WITHIN SINCE AFTER BEFORE ON",
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


def _expectation(misfit: Misfit) -> str:
    word, kinds = misfit.word.text, misfit.expected
    if "AND" in kinds and "BETWEEN" not in kinds | {misfit.word.kind}:
        kinds &= _CONDITION_END
    found = f"found `{shorten(word)}`" if word.isprintable() else f"found U+{ord(word[0]):04X}"
    end = "but the text ends here" if misfit.word.kind == "$END" else found
    return f"expected {_either(_name_kinds(kinds))}, {end}"


def _name_kinds(kinds: frozenset[str]) -> list[str]:
    names = []
    for group, name in _IN_WORDS:
        if kinds.issuperset(group.split()):
            names.append(name)
            kinds -= frozenset(group.split())
    return [*names, *(f"`{keyword.lower()}`" for keyword in sorted(kinds))]


def _either(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
