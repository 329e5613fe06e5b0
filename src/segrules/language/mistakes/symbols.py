"""Hints about signs, quotes, numbers, times, lists, keywords and brackets, as a table.

INVARIANT: the first hint that answers decides, so a special one comes before a general one.
"""

import re
from difflib import get_close_matches
from fractions import Fraction

from segrules.language.mistakes.hint import (
    NOT_CONNECTIVES,
    NUMBER,
    PERIOD_UNIT,
    QUOTED,
    Fields,
    Hint,
)
from segrules.language.mistakes.spelling import sharpen_name
from segrules.language.words import RESERVED, UNITS

_KEYWORDS = " ".join(sorted(RESERVED)).upper()
_WINDOWS = "WITHIN SINCE AFTER BEFORE BETWEEN IN ON"
_STARTERS = "NAME NOT LPAR ANY NO FIRST LAST COUNT SUM AVG MIN MAX IN"

_OPERATOR_AHEAD = (
    r"(?=\s*(?:[=<>!]|(?:is|in|contains|starts|ends|between|within|since|after|before|on"
    r"|not\s+(?:in|contains|starts|ends|between|within|since|after|before|on))\b))"
)
_NO_UNIT = "|".join(sorted(RESERVED - set(UNITS)))
# not the digits at the end of a name or of a date
_WHOLE_NUMBER = rf"(?<![\w.])(?<!\w-)(?P<number>{NUMBER})"
_AMOUNT = rf"(?P<amount>{NUMBER})"
_UNIT = rf"(?P<unit>(?:(?!(?:{_NO_UNIT})\b)[^\W\d]\w*)?)"
_CURRENCY = "$€£¥₹"
_QUOTE = "“”„‟‘’‚‛«»‹›´"  # noqa: RUF001 -- quotes as word processors write them

_SIGNS = {
    "≥": "`>=`",
    "≤": "`<=`",
    "≠": "`!=`",
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


_BACKTICKS = "to use it as a name, write it in backticks: `` `{it}` ``"
_JOIN = "two conditions are joined by AND or OR"
_PERIOD = rf"(?:[0-9][\w-]+|today|yesterday|(?:this|last)\s+(?:{PERIOD_UNIT}))\b"

# fmt: off
SYMBOLS: tuple[Hint, ...] = (
    # an empty text
    Hint("empty-rule", "there is no condition here", "such as `country = 'GB'`",
         kinds="$END", before=r"\A", expected="NOT",
         example="# nothing yet"),

    # signs from elsewhere
    Hint("unknown-operator", "`{it}` is not an operator", "write `{first}=`",
         kinds="SIGN", before=r"(?P<it>(?P<first>[<>])\s+)", at="=(?!=)",
         example="totalSpent > = 3"),
    Hint("syntax", "`{it}` does not begin a comment", "write `#`",
         kinds="?", lacking="TEXT", before=r"(?:\A|[\s()])", at=r"//|/\*",
         example="// loyal only"),
    Hint("unknown-operator", "`{it}` is not an operator", _sign_help,
         kinds="?", at=r"[≥≤≠]|[=<>!&|~^]+",
         example="country == 'GB'"),
    Hint("curly-quote", "`{it}` is in curly quotes", "write `'{inner}'`",
         kinds="?", at=rf"[{_QUOTE}](?P<inner>[^{_QUOTE}'\"\r\n]*)[{_QUOTE}]",
         example="country = “GB”"),
    Hint("curly-quote", "`{it}` is not a quote that rules use", "write text as `'loyal'`",
         kinds="?", at=f"[{_QUOTE}]",
         example="country = ”"),
    Hint("currency-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", at=rf"[{_CURRENCY}]\s*(?P<number>{NUMBER})",
         example="totalSpent > $80"),
    Hint("currency-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", before=rf"(?P<it>{_WHOLE_NUMBER}\s*)", at=f"[{_CURRENCY}]",
         example="totalSpent > 80€"),
    Hint("number-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", before=rf"(?P<it>{_WHOLE_NUMBER}\s*)", at="%",
         example="totalSpent > 80%"),
    Hint("number-sign", "`{it}` is not a number", "write `0{it}`",
         kinds="?", at=r"\.[0-9]+",
         example="discount > .5"),
    Hint("number-sign", "`{it}` is not a number", "write `{number}`",
         kinds="?", at=r"\+(?P<number>[0-9]+(?:\.[0-9]+)?)",
         example="totalSpent > +5"),
    Hint("wrong-bracket", "`{it}` is not a bracket that rules use",
         "write lists and groups in `(` and `)`",
         kinds="?", at=r"[\[\]{}]",
         example="country in ['GB']"),
    Hint("semicolon", "`;` has no meaning in a rule",
         "leave it out: a rule ends where its text ends",
         kinds="?", at=";",
         example="totalSpent > 80;"),

    # numbers
    Hint("number-sign", "`{it}` is not a number", _digits_help,
         kinds="COMMA NAME NUMBER ?", lacking="COMMA",
         before="(?P<it>(?<![\\w.])-?[0-9]{1,3}[ \xa0\u202f]?)",
         at="[,_']?[0-9]{3}(?:[,_' \xa0\u202f][0-9]{3})*(?:\\.[0-9]+)?(?!\\w)",
         example="totalSpent > 1,000"),
    Hint("number-sign", "`{it}` is not a number", "write a decimal point: `{whole}.{part}`",
         kinds="COMMA", lacking="COMMA", before=r"(?P<it>(?<![\w.])(?P<whole>-?[0-9]+))",
         at=r",(?P<part>[0-9]+)(?!\w)",
         example="totalSpent > 80,50"),

    # quotes
    Hint("quote-in-text", "`{it}` comes right after the end of a text",
         r"write a quote inside text as `\'`, or put the text in the other kind of quotes",
         kinds=f"NAME NUMBER DURATION {_KEYWORDS}", before="['\"]", at=r"\w+",
         example="name = 'O'Brien'"),
    Hint("unclosed-quote", "this quote is never closed",
         r"close it on the same line; inside text a line break is written `\n`",
         kinds="?", at="['\"]",
         example="country = 'GB"),
    Hint("unclosed-quote", "this backtick is never closed",
         "a name goes between two backticks, on one line",
         kinds="?", at="`",
         example="`country = 'GB'"),

    # durations
    Hint("duration-unit", "`within` is followed by a number and a unit", "such as `30 days`",
         kinds="LAST THIS NAME", expected="DURATION", lacking="TEXT THAT",
         at=r"(?:the\s+)?(?:last|past|previous|this|an?|one)\b",
         example="lastOrderAt within the last 30 days"),
    Hint("syntax", "`{it}` is a year, but a point in time is expected", "such as `{it}-01-01`",
         kinds="NUMBER", expected="THAT", lacking="TEXT", at=r"[0-9]{4}(?!\w)(?!\s*[^\W\d])",
         example="lastOrderAt since 2026"),
    Hint("duration-unit", _duration_message, _duration_help,
         kinds="NUMBER", expected="DURATION", lacking="TEXT", at=rf"{_AMOUNT}(?:\s*{_UNIT})",
         example="lastOrderAt within 30"),
    Hint("duration-unit", _duration_message, _duration_help,
         kinds="NAME", before=rf"(?P<it>{_AMOUNT}\s*)", at=rf"{_UNIT}(?=\s+ago\b)",
         example="lastOrderAt between 30 dayz ago and 3 days ago"),
    Hint("missing-ago", "`{it}` is a length of time, but a point in time is expected",
         "write `{it} ago`",
         expected="AGO", before=r"(?P<it>[0-9]+\s*\w+\s*)", at="",
         example="lastOrderAt since 30 days"),
    Hint("number-sign", "`{it}` is neither a number nor text", "write text in quotes: `'{it}'`",
         kinds="NAME", before=rf"(?P<it>{NUMBER})", at=r"\w+",
         example="weight > 5kg"),

    Hint("number-sign", "`{it}` is not a number", "write `{number}`",
         kinds="NAME", before=rf"(?P<it>{_WHOLE_NUMBER}\s+)",
         at=r"\w+(?=\s*(?:\)|,|\Z|\band\b|\bor\b))",
         example="totalSpent > 5 euros"),
    Hint("duration-unit", "`within` looks back by itself", "leave out `ago`",
         kinds="AGO", before=r"\bwithin\s+[0-9]+\s*\w+\s*",
         example="lastOrderAt within 3 days ago"),

    # points and periods in time
    Hint("point-value", "`{it}` is a length of time, but a value is expected",
         "a window is written `within {it}`",
         kinds="DURATION", expected="TEXT NUMBER",
         example="lastOrderAt = 30 days"),
    Hint("point-value", "`{it}` is a period, but a value is expected", "write `in {it}`",
         kinds="YEAR_MONTH YEAR_QUARTER TODAY YESTERDAY THIS LAST", expected="TEXT NUMBER",
         at=_PERIOD,
         example="lastOrderAt = 2026-03"),
    Hint("point-value", "`{it}` is a period, but a point in time is expected",
         "a point is a day such as `2026-03-14`; a period is written `in {it}`",
         kinds="YEAR_MONTH YEAR_QUARTER TODAY YESTERDAY THIS LAST", expected="THAT", lacking="TEXT",
         at=_PERIOD,
         example="lastOrderAt since 2026-03"),
    Hint("point-value", "`{it}` is in quotes, but a point in time is expected",
         "write a date without quotes, such as `2026-03-14`",
         kinds="TEXT", expected="THAT", lacking="TEXT",
         example="lastOrderAt since '2026-03-14'"),
    Hint("syntax", "`{it}` is not a date and time", "join them and add the offset: `{day}T{time}Z`",
         before=r"(?P<it>(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\s+)",
         at=r"(?P<time>[0-9]{2}:[0-9]{2}[0-9:.]*)",
         example="lastOrderAt since 2026-03-14 09:30"),

    # lists
    Hint("empty-list", "the list has no values", "such as `('US', 'CA')`",
         kinds="RPAR", expected="NUMBER", before=r"(?P<it>\(\s*)", at=r"\)",
         example="country in ()"),
    Hint("syntax", "expected a value after `,`", "leave out the last comma",
         kinds="RPAR", expected="NUMBER", before=r"(?P<it>,\s*)", at="",
         example="country in ('GB',)"),
    Hint("syntax", "these brackets hold no condition", "such as `(country = 'GB')`",
         kinds="RPAR", expected="NOT NAME", before=r"(?P<it>\(\s*)", at=r"\)",
         example="emailOptIn = true AND ()"),
    Hint("missing-list", "expected a list in parentheses, found `{it}`", "write `({it})`",
         kinds="TEXT NAME TRUE FALSE", expected="YEAR_MONTH", before=r"\bin\s*",
         at=rf"(?:{QUOTED}|\w+)(?:\s*,\s*(?:{QUOTED}|\w+))*",
         example="country in GB, US"),
    Hint("syntax", "`in {word}` asks about the customer, not about a name",
         "write it as a condition of its own: `in {word} 'loyal'`",
         kinds="SEGMENT COHORT", expected="YEAR_MONTH",
         example="tags in segment 'loyal'"),
    Hint("syntax", "expected `,` before `{it}`", "the values of a list are separated by commas",
         kinds="TEXT NUMBER DATE DATETIME TRUE FALSE", expected="COMMA",
         example="country in ('GB' 'US')"),

    # words for operators
    Hint("window-order", "`{word}` comes after the comparison but belongs before it",
         "such as `count of orders within 30 days > 3`",
         kinds=f"{_WINDOWS} HAS", expected="AND", at=r"(?!in\s+(?:segment|cohort)\b)\w+",
         before=r"\b(?:count|sum|avg|min|max)\s+of\b[^()]*(?:[=<>]\s*|\band\s+)[0-9.e+-]+\s*",
         example="count of orders > 3 within 30 days"),

    # events
    Hint("syntax", "expected a condition after `has`, found `{it}`",
         "put it in brackets: `has (NOT device = 'mobile')`",
         kinds="NAME NOT", expected="LPAR", lacking="NAME", before=r"\bhas\s*(?P<it>not\s*)", at="",
         example="any event has NOT device = 'mobile'"),

    # keywords that were meant as words
    Hint("reserved-word", "`{it}` is a reserved word", "to use it as text, write `'{it}'`",
         kinds=NOT_CONNECTIVES, expected="TEXT NAME", at=r"\w+",
         example="stage = first"),
    Hint("reserved-word", "`{it}` is a reserved word", _BACKTICKS,
         kinds=_KEYWORDS, expected="NAME", at=rf"\w+\b{_OPERATOR_AHEAD}",
         example="type = 'b2b'"),
    Hint("reserved-word", "`{it}` is a reserved word", _BACKTICKS,
         kinds=NOT_CONNECTIVES, expected="NAME", lacking="NOT LPAR", at=r"\w+",
         example="sum of count of orders > 3"),
    Hint("reserved-word", "`{it}` is a reserved word", _BACKTICKS,
         kinds="SIGN IS CONTAINS STARTS ENDS", at="",
         before=r"(?:\A|\(|\b(?:and|or|not|has)\b)\s*"
                r"(?P<it>(?:count|sum|avg|min|max|any|no|first|last|in|not)\s*)",
         example="count = 3"),

    # text without quotes, names without backticks
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds=f"NAME NUMBER DATE DURATION {_KEYWORDS} ?", expected="TEXT", lacking="NAME",
         at=r"[^\s()'\"`,;]+",
         example="in segment loyal"),
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds="?", expected="TEXT", at=r"[^\s()'\"`,;]+",
         example="country = @"),
    Hint("unquoted-name", "`{it}` needs backticks to be a name", "write `` `{it}` ``",
         kinds="? NUMBER", expected="IS", before=r"(?P<it>[^\W\d][\w.]*)", at=r"-\w[\w.-]*",
         sharpen=sharpen_name,
         example="order-2 = 1"),
    Hint("unquoted-name", "`{it}` needs backticks to be a name", "write `` `{it}` ``",
         kinds="? NUMBER", expected="EVENT", before=r"(?P<it>\w+)", at=r"-\w[\w.-]*",
         sharpen=sharpen_name,
         example="last-order within 3 days"),
    Hint("unquoted-name", "`{it}` needs backticks to be a name", "write `` `{it}` ``",
         kinds="? NUMBER", expected="OF", lacking="AND", before=r"\b(?P<it>count|sum|avg|min|max)",
         at=r"-\w[\w.-]*",
         sharpen=sharpen_name,
         example="min-spend = 1"),
    Hint("unquoted-name", "`{it}` needs backticks to be one name", "write `` `{it}` ``",
         kinds=f"NAME {NOT_CONNECTIVES}", expected="IS",
         before=r"(?<![\w.`])(?P<it>[^\W\d]\w*\s+)", at=rf"\w+\b{_OPERATOR_AHEAD}",
         sharpen=sharpen_name,
         example="customer type = 'b2b'"),
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds="? NUMBER NAME", lacking="IS NAME", before=r"(?P<it>[\w.@:/+-]*\w)",
         at=r"[^\w\s()'\"`,;=<>][^\s()'\"`,;=<>]*",
         example="flow = win-back"),
    Hint("unquoted-text", "`{it}` needs quotes to be text", "write `'{it}'`",
         kinds="NAME", lacking="IS NAME", before=r"[=(,]\s*(?P<it>[^\W\d]\w*\s+)",
         at=r"\w+(?:\s+(?!(?:and|or)\b)\w+)*(?=\s*(?:\)|,|\Z|\band\b|\bor\b))",
         example="city = New York"),

    # connectives and brackets
    Hint("missing-connective", "expected AND or OR before `{word}`", _JOIN,
         kinds=_STARTERS, expected="AND",
         example="country = 'GB' emailOptIn = true"),
    Hint("missing-connective", "expected AND or OR, found `,`", _JOIN,
         kinds="COMMA", expected="AND",
         example="country = 'GB', emailOptIn = true"),
    Hint("unopened-bracket", "this bracket closes nothing", "leave it out, or open one before",
         kinds="RPAR", expected="AND", lacking="RPAR",
         example="country = 'GB')"),
    Hint("unclosed-bracket", "a bracket is never closed", "close it with `)`",
         kinds="$END", expected="RPAR", shows_opened=True,
         example="(country = 'GB'"),
    Hint("unclosed-bracket", "the list before `{word}` is never closed", "close it with `)`",
         kinds="AND OR", expected="RPAR COMMA", shows_opened=True,
         example="country in ('GB' AND emailOptIn = true"),
)
# fmt: on
