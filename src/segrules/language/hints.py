"""What people write by mistake, and what to tell them: one table."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from segrules.language.words import RESERVED, UNITS

Fields: TypeAlias = Mapping[str, str]
Wording: TypeAlias = str | Callable[[Fields], str]


def in_ascii(word: str) -> str:
    """Return the lower case of a word that a pattern took for one of plain letters."""
    # a pattern that ignores case matches the long s, and Turkish letters, too
    return word.replace("İ", "i").upper().lower()


def _kinds(words: str) -> frozenset[str]:
    return frozenset(words.split())


@frozen
class Hint:
    """A mistake that people make, told by its surroundings.

    It fits a word that the grammar does not allow when every condition given holds: the word is of
    one of `kinds` (`$END` at the end of the text, `?` for what is no word); `at` matches from the
    word on and `before` right up to it; the grammar would have taken every kind in `expected` and
    none in `lacking`.

    The place of the mistake runs from the group `it` of `before`, or else the word, to the end of
    what `at` matched. Message and help are filled in with the groups of both patterns, with `it`
    as what stands at that place and `word` as the word.
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


_KEYWORDS = " ".join(sorted(RESERVED)).upper()
_NOT_CONNECTIVES = " ".join(sorted(RESERVED - {"and", "or", "not"})).upper()
_WINDOWS = "WITHIN SINCE AFTER BEFORE BETWEEN IN ON"
_STARTERS = "NAME NOT LPAR ANY NO FIRST LAST COUNT SUM AVG MIN MAX IN"

_OPERATOR_AHEAD = (
    r"(?=\s*(?:[=<>!]|(?:is|in|contains|starts|ends|between|within|since|after|before|on"
    r"|not\s+(?:in|contains|starts|ends|between|within|since|after|before|on))\b))"
)
_NO_UNIT = "|".join(sorted(RESERVED - set(UNITS)))
_AMOUNT = r"(?P<amount>-?[0-9]+(?:\.[0-9]+)?)"
_UNIT = rf"(?P<unit>(?:(?!(?:{_NO_UNIT})\b)[^\W\d]\w*)?)"
_CURRENCY = "$€£¥₹"
_QUOTE = "“”„‟‘’‚‛«»‹›´"  # noqa: RUF001 -- the quotes that word processors put in

_SIGNS = {
    "==": "`=`",
    "===": "`=`",
    "!==": "`!=`",
    "<>": "`!=`",
    "=!": "`!=`",
    "=>": "`>=`",
    "=<": "`<=`",
    "&&": "`AND`",
    "&": "`AND`",
    "||": "`OR`",
    "|": "`OR`",
    "!": "`NOT`, as in `NOT (country = 'GB')`",
}
_OPERATOR_WORDS = {
    "like": "`contains`, `starts with` or `ends with`",
    "ilike": "`contains`, `starts with` or `ends with`",
    "matches": "`contains`, `starts with` or `ends with`",
    "equals": "`=`",
    "equal": "`=`",
    "eq": "`=`",
    "has": "`contains`",
    "have": "`contains`",
    "includes": "`contains`",
    "include": "`contains`",
    "contain": "`contains`",
    "begins": "`starts with`",
    "exists": "`is set`",
    "isnt": "`!=`",
    "over": "`>`",
    "above": "`>`",
    "greater": "`>`",
    "more": "`>`",
    "exceeds": "`>`",
    "under": "`<`",
    "below": "`<`",
    "less": "`<`",
    "at": "`>=` or `<=`",
}
_SMALLER = {
    "week": (7, "day"),
    "day": (24, "hour"),
    "hour": (60, "minute"),
    "minute": (60, "second"),
    "year": (12, "month"),
    "quarter": (3, "month"),
}


def _sign_help(fields: Fields) -> str:
    known = _SIGNS.get(fields["it"])
    return f"write {known}" if known else "the operators are `=`, `!=`, `>`, `>=`, `<` and `<=`"


def _operator_help(fields: Fields) -> str:
    return f"write {_OPERATOR_WORDS[in_ascii(fields['word'])]}"


def _digits_help(fields: Fields) -> str:
    return f"write `{re.sub(r'[^-0-9.]', '', fields['it'])}`"


def _duration_message(fields: Fields) -> str:
    it, unit = fields["it"], fields["unit"].casefold()
    if not unit:
        return f"`{it}` needs a unit of time"
    if unit == "m":
        return f"`{it}` may mean minutes or months"
    if unit in UNITS:
        return f"`{it}` is not a positive whole number of {UNITS[unit]}s"
    return f"`{fields['unit']}` is not a unit of time"


def _duration_help(fields: Fields) -> str:
    amount, unit = fields["amount"], fields["unit"].casefold()
    if not unit:
        return f"such as `{amount} days` or `{amount} hours`"
    if unit == "m":
        return f"write `{amount} min` or `{amount} mo`"
    if unit in UNITS:
        factor, smaller = _SMALLER.get(UNITS[unit], (1, "second"))
        converted = Fraction(amount) * factor
        whole = converted > 0 and converted.denominator == 1
        return f"write `{converted} {smaller}s`" if whole else "write a smaller unit"
    close = get_close_matches(unit, [word for word in UNITS if word.endswith("s")], 1)
    if close:
        return f"did you mean `{amount} {close[0]}`?"
    return "the units are seconds, minutes, hours, days, weeks, months, quarters and years"


def _null_help(fields: Fields) -> str:
    return "write `is set`" if fields["no"] else "write `is not set`"


_BACKTICKS = "to use it as a name, write it in backticks: `` `{it}` ``"
_JOIN = "two conditions are joined by AND or OR"
_PERIOD = r"(?:[0-9][\w-]+|today|yesterday|(?:this|last)\s+(?:week|month|quarter|year))\b"

# fmt: off
HINTS: tuple[Hint, ...] = (
    # an empty text
    Hint("empty-rule", "there is no condition here", "such as `country = 'GB'`",
         kinds="$END", before=r"\A", expected="NOT"),

    # signs from elsewhere
    Hint("unknown-operator", "`{it}` is not an operator", _sign_help,
         kinds="?", at=r"[=<>!&|~^]+"),
    Hint("curly-quote", "`{it}` stands in curly quotes", "write `'{inner}'`",
         kinds="?", at=rf"[{_QUOTE}](?P<inner>[^{_QUOTE}'\"\r\n]*)[{_QUOTE}]"),
    Hint("curly-quote", "`{it}` is not a quote that rules know", "write text as `'loyal'`",
         kinds="?", at=f"[{_QUOTE}]"),
    Hint("currency-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", at=rf"[{_CURRENCY}]\s*(?P<number>-?[0-9]+(?:\.[0-9]+)?)"),
    Hint("currency-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", before=r"(?P<it>(?P<number>-?[0-9]+(?:\.[0-9]+)?)\s*)", at=f"[{_CURRENCY}]"),
    Hint("number-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", before=r"(?P<it>(?P<number>-?[0-9]+(?:\.[0-9]+)?)\s*)", at="%"),
    Hint("number-sign", "`{it}` is not a number", "write `0{it}`",
         kinds="?", at=r"\.[0-9]+"),
    Hint("number-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", at=r"\+(?P<number>[0-9]+(?:\.[0-9]+)?)"),
    Hint("wrong-bracket", "`{it}` is not a bracket that rules know",
         "lists and groups stand in `(` and `)`",
         kinds="?", at=r"[\[\]{}]"),
    Hint("semicolon", "`;` has no meaning in a rule",
         "leave it out: a rule ends where its text ends",
         kinds="?", at=";"),

    # numbers
    Hint("number-sign", "`{it}` is not a number", _digits_help,
         kinds="COMMA NAME NUMBER ?", lacking="COMMA",
         before="(?P<it>(?<![\\w.])-?[0-9]{1,3}[ \xa0\u202f]?)",
         at="[,_']?[0-9]{3}(?:[,_' \xa0\u202f][0-9]{3})*(?:\\.[0-9]+)?(?!\\w)"),
    Hint("number-sign", "`{it}` is not a number", "write a decimal point: `{whole}.{part}`",
         kinds="COMMA", lacking="COMMA", before=r"(?P<it>(?<![\w.])(?P<whole>-?[0-9]+))",
         at=r",(?P<part>[0-9]+)(?!\w)"),

    # quotes
    Hint("quote-in-text", "`{it}` stands right after the end of a text",
         r"inside text a quote is written `\'`, or the text stands in the other kind of quotes",
         kinds=f"NAME NUMBER DURATION {_KEYWORDS}", before="['\"]", at=r"\w+"),
    Hint("unclosed-quote", "this quote is never closed",
         r"close it on the same line; inside text a line break is written `\n`",
         kinds="?", at="['\"]"),
    Hint("unclosed-quote", "this backtick is never closed",
         "a name stands between two backticks, on one line",
         kinds="?", at="`"),

    # durations
    Hint("duration-unit", "`within` is followed by a number and a unit", "such as `30 days`",
         kinds="LAST THIS NAME", expected="DURATION", lacking="TEXT THAT",
         at=r"(?:the\s+)?(?:last|past|previous|this|an?|one)\b"),
    Hint("syntax", "`{it}` is a year, and a point in time is due", "such as `{it}-01-01`",
         kinds="NUMBER", expected="THAT", lacking="TEXT", at=r"[0-9]{4}(?!\w)(?!\s*[^\W\d])"),
    Hint("duration-unit", _duration_message, _duration_help,
         kinds="NUMBER", expected="DURATION", lacking="TEXT", at=rf"{_AMOUNT}(?:\s*{_UNIT})"),
    Hint("duration-unit", _duration_message, _duration_help,
         kinds="NAME", before=rf"(?P<it>{_AMOUNT}\s*)", at=rf"{_UNIT}(?=\s+ago\b)"),
    Hint("missing-ago", "`{it}` is a length of time, and a point in time is due",
         "write `{it} ago`",
         expected="AGO", before=r"(?P<it>[0-9]+\s*\w+\s*)", at=""),
    Hint("number-sign", "`{it}` is neither a number nor text", "write text in quotes: `'{it}'`",
         kinds="NAME", before=r"(?P<it>-?[0-9]+(?:\.[0-9]+)?)", at=r"\w+"),

    Hint("number-sign", "`{it}` is not a number", "write `{number}`",
         kinds="NAME", before=r"(?P<it>(?P<number>-?[0-9]+(?:\.[0-9]+)?)\s+)",
         at=r"\w+(?=\s*(?:\)|,|\Z|\band\b|\bor\b))"),
    Hint("duration-unit", "`within` looks back by itself", "leave out `ago`",
         kinds="AGO", before=r"\bwithin\s+[0-9]+\s*\w+\s*"),

    # points and periods in time
    Hint("point-value", "`{it}` is a length of time, and a value is due",
         "a window is written `within {it}`",
         kinds="DURATION", expected="TEXT NUMBER"),
    Hint("point-value", "`{it}` is a period, and a value is due", "write `in {it}`",
         kinds="YEAR_MONTH YEAR_QUARTER TODAY YESTERDAY THIS LAST", expected="TEXT NUMBER",
         at=_PERIOD),
    Hint("point-value", "`{it}` is a period, and a point in time is due",
         "a point is a day such as `2026-03-14`; a period is written `in {it}`",
         kinds="YEAR_MONTH YEAR_QUARTER TODAY YESTERDAY THIS LAST", expected="THAT", lacking="TEXT",
         at=_PERIOD),
    Hint("point-value", "`{it}` stands in quotes, and a point in time is due",
         "write a date without quotes, such as `2026-03-14`",
         kinds="TEXT", expected="THAT", lacking="TEXT"),
    Hint("syntax", "`{it}` is not a date and time", "join them and add the offset: `{day}T{time}Z`",
         before=r"(?P<it>(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\s+)",
         at=r"(?P<time>[0-9]{2}:[0-9]{2}[0-9:.]*)"),

    # lists
    Hint("empty-list", "the list has no values", "such as `('US', 'CA')`",
         kinds="RPAR", expected="NUMBER", before=r"(?P<it>\(\s*)", at=r"\)"),
    Hint("syntax", "expected a value after `,`", "leave out the last comma",
         kinds="RPAR", expected="NUMBER", before=r"(?P<it>,\s*)", at=""),
    Hint("syntax", "these brackets hold no condition", "such as `(country = 'GB')`",
         kinds="RPAR", expected="NOT NAME", before=r"(?P<it>\(\s*)", at=r"\)"),
    Hint("missing-list", "expected a list in parentheses, found `{it}`", "write `({it})`",
         kinds="TEXT NAME TRUE FALSE", expected="YEAR_MONTH", before=r"\bin\s*",
         at=r"(?:'[^'\r\n]*'|\"[^\"\r\n]*\"|\w+)(?:\s*,\s*(?:'[^'\r\n]*'|\"[^\"\r\n]*\"|\w+))*"),
    Hint("syntax", "`in {word}` asks about the customer, not about a name",
         "write it as a condition of its own: `in {word} 'loyal'`",
         kinds="SEGMENT COHORT", expected="YEAR_MONTH"),
    Hint("syntax", "expected `,` before `{it}`", "the values of a list are separated by commas",
         kinds="TEXT NUMBER DATE DATETIME TRUE FALSE", expected="COMMA"),

    # words for operators
    Hint("null-value", "`{it}` is not a value", _null_help,
         expected="SET", before=r"\bis\s+(?P<no>(?:not\s+)?)",
         at=r"(?:null|none|missing|empty|unset|blank)\b"),
    Hint("is-comparison", "`is` only asks whether a value is set", "to compare, write `=` or `!=`",
         kinds=f"TEXT NUMBER TRUE FALSE NAME DATE SIGN {_NOT_CONNECTIVES}", expected="SET"),
    Hint("unknown-operator", "`{it}` is not an operator", _operator_help,
         kinds="NAME HAS", expected="IS", at=rf"(?:{'|'.join(_OPERATOR_WORDS)})\b"),
    Hint("window-order", "`{word}` stands after the comparison, and belongs before it",
         "such as `count of orders within 30 days > 3`",
         kinds=f"{_WINDOWS} HAS", expected="AND", at=r"(?!in\s+(?:segment|cohort)\b)\w+",
         before=r"\b(?:count|sum|avg|min|max)\s+of\b[^()]*(?:[=<>]\s*|\band\s+)[0-9.e+-]+\s*"),

    # events
    Hint("syntax", "expected `event`, found `{it}`", "write `{which} event of type '{it}'`",
         kinds="NAME", expected="EVENT", before=r"\b(?P<which>any|no|first|last)\s+", at=r"\w+"),
    Hint("syntax", "expected a condition after `has`, found `{it}`",
         "put it in brackets: `has (NOT device = 'mobile')`",
         kinds="NOT", expected="NAME LPAR", before=r"\bhas\s*"),

    # keywords that were meant as words
    Hint("reserved-word", "`{it}` is a reserved word", "to use it as text, write `'{it}'`",
         kinds=_NOT_CONNECTIVES, expected="TEXT NAME", at=r"\w+"),
    Hint("reserved-word", "`{it}` is a reserved word", _BACKTICKS,
         kinds=_KEYWORDS, expected="NAME", at=rf"\w+\b{_OPERATOR_AHEAD}"),
    Hint("reserved-word", "`{it}` is a reserved word", _BACKTICKS,
         kinds=_NOT_CONNECTIVES, expected="NAME", lacking="NOT LPAR", at=r"\w+"),
    Hint("reserved-word", "`{it}` is a reserved word", _BACKTICKS,
         kinds="SIGN IS CONTAINS STARTS ENDS", at="",
         before=r"(?:\A|\(|\b(?:and|or|not|has)\b)\s*"
                r"(?P<it>(?:count|sum|avg|min|max|any|no|first|last|in|not)\s*)"),

    # text without quotes, names without backticks
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds=f"NAME NUMBER DATE DURATION {_KEYWORDS} ?", expected="TEXT", lacking="NAME",
         at=r"[^\s()'\"`,;]+"),
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds="?", expected="TEXT", at=r"[^\s()'\"`,;]+"),
    Hint("unquoted-name", "`{it}` needs backticks to be a name", "write `` `{it}` ``",
         kinds="? NUMBER", expected="IS", before=r"(?P<it>[^\W\d][\w.]*)", at=r"-\w[\w.-]*"),
    Hint("unquoted-name", "`{it}` needs backticks to be a name", "write `` `{it}` ``",
         kinds="? NUMBER", expected="EVENT", before=r"(?P<it>\w+)", at=r"-\w[\w.-]*"),
    Hint("unquoted-name", "`{it}` needs backticks to be a name", "write `` `{it}` ``",
         kinds="? NUMBER", expected="OF", lacking="AND", before=r"\b(?P<it>count|sum|avg|min|max)",
         at=r"-\w[\w.-]*"),
    Hint("unquoted-name", "`{it}` needs backticks to be one name", "write `` `{it}` ``",
         kinds=f"NAME {_NOT_CONNECTIVES}", expected="IS",
         before=r"(?P<it>[^\W\d]\w*\s+)", at=rf"\w+\b{_OPERATOR_AHEAD}"),
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds="? NUMBER NAME", lacking="IS NAME", before=r"(?P<it>[\w.@:/+-]*\w)",
         at=r"[^\w\s()'\"`,;=<>][^\s()'\"`,;=<>]*"),
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds="NAME", lacking="IS NAME", before=r"[=(,]\s*(?P<it>[^\W\d]\w*\s+)",
         at=r"\w+(?:\s+(?!(?:and|or)\b)\w+)*(?=\s*(?:\)|,|\Z|\band\b|\bor\b))"),

    # connectives and brackets
    Hint("missing-connective", "expected AND or OR before `{word}`", _JOIN,
         kinds=_STARTERS, expected="AND"),
    Hint("missing-connective", "expected AND or OR, found `,`", _JOIN,
         kinds="COMMA", expected="AND"),
    Hint("unopened-bracket", "this bracket closes nothing", "leave it out, or open one before",
         kinds="RPAR", expected="AND", lacking="RPAR"),
    Hint("unclosed-bracket", "a bracket is never closed", "close it with `)`",
         kinds="$END", expected="RPAR", shows_opened=True),
    Hint("unclosed-bracket", "the list before `{word}` is never closed", "close it with `)`",
         kinds="AND OR", expected="RPAR COMMA", shows_opened=True),
)
# fmt: on
