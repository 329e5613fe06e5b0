"""Hints about phrases of everyday speech and of other languages, as a table.

INVARIANT: the first hint that answers decides, so a special one comes before a general one.
"""

import re
from datetime import date

from segrules.language.mistakes.hint import (
    NOT_CONNECTIVES,
    NUMBER,
    PERIOD_UNIT,
    QUOTED,
    Fields,
    Hint,
    in_ascii,
)
from segrules.language.mistakes.spelling import sharpen_alone, sharpen_event
from segrules.language.suggestions import shorten
from segrules.language.words import RESERVED, UNITS

_UNITS = "|".join(sorted(UNITS, key=len, reverse=True))
_DURATION = rf"(?P<duration>[0-9]+\s*(?:{_UNITS})\b)"
_AGO = r"(?:\s+(?:ago|old)\b)?"
_MORE, _LESS = r"(?:more|older|earlier|longer|greater)", r"(?:less|fewer|newer|later|sooner)"
_OLDER = rf"(?:{_MORE}(?:\s+than)?|over|above|at\s+least|no\s+{_LESS}\s+than)"
_NEWER = (
    rf"(?:{_LESS}(?:\s+than)?|more\s+recent(?:ly)?\s+than|under|below|at\s+most"
    rf"|no\s+{_MORE}\s+than)"
)
_ONE = rf"(?:an?|one)\s+(?P<unit>(?:{_UNITS})\b)"
_ISO = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![\w:])"
_PAST = r"(?:last|past|previous)"

_NAME = r"[^\W\d][\w.]*\b"
_BARE = r"(?<![\w.-])(?!(?:or|and|not|true|false)\b)[\w.-]+\b"
_VALUE = rf"(?:{QUOTED}|{_BARE})"
_NO_TEST = r"(?=\s*(?:\)|\Z|(?:and|or)\b))"
_DAY = r"[0-9]{1,2}"
_BOUND = rf"(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|{NUMBER})"
_ONE_BOUND = r"(?![\w.])(?!\s*(?:[0-9]|and\s+[0-9]))"

_PLAIN = rf"[^\W\d]\w*(?:-\w+| (?!(?:{'|'.join(sorted(RESERVED))})\b)\w+)*"
_WORDS = rf"(?:{QUOTED}|{_PLAIN})"
_WHOLE = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![\w.])"

_LISTS = {
    ("=", "or"): "in",
    ("!=", "or"): "not in",
    ("!=", "and"): "not in",
    ("contains", "or"): "contains any",
    ("contains", "and"): "contains all",
}
_LISTS_OF = {"=": "in", "!=": "not in"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATOR_WORDS = {
    "like": "`contains`, `starts with` or `ends with`",
    "ilike": "`contains`, `starts with` or `ends with`",
    "matches": "`contains`, `starts with` or `ends with`",
    "equals": "`=`",
    "equal": "`=`",
    "eq": "`=`",
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
_FUNCTIONS = {
    "average": "avg",
    "mean": "avg",
    "number": "count",
    "total": "sum",
    "minimum": "min",
    "maximum": "max",
}
_NO_EVENT = rf"last|the|my|{PERIOD_UNIT}|than|older|earlier|newer|later|more|less|over"
_FUNCTION = rf"(?P<it>(?P<function>{'|'.join(_FUNCTIONS)})\s+)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_EVENT = rf"(?!{_MONTH}|(?:{_NO_EVENT})\b)[^\W\d]\w*|'[^\W\d][^'\r\n]*'"


def _list_help(fields: Fields) -> str:
    values = re.findall(_VALUE, f"{fields['values']} {fields['rest']}")
    known = _LISTS[in_ascii(fields["sign"]), in_ascii(fields["joined"])]
    return f"write `{known} ({shorten(', '.join(values))})`"


def _commas_message(fields: Fields) -> str:
    return f"`{shorten(fields['values'] + fields['rest'])}` is a list without its brackets"


def _commas_help(fields: Fields) -> str:
    values = re.findall(f"{_WORDS}|{_WHOLE}", f"{fields['values']}{fields['rest']}", re.IGNORECASE)
    quoted = [f"'{v}'" if re.fullmatch(_PLAIN, v, re.IGNORECASE) else v for v in values]
    sign = fields["sign"]
    known = _LISTS_OF.get(sign) or f"contains {in_ascii(fields['every'] or 'any').strip()}"
    return f"write `{known} ({', '.join(quoted)})`"


def _turned_help(fields: Fields) -> str:
    name, value, sign = fields["name"], fields["value"], fields["sign"]
    more = f" AND {name} {fields['more'].strip()}" if fields["more"] else ""
    return f"write `{name} {_TURNED.get(sign, sign)} {value}{more}`"


def _call_help(fields: Fields) -> str:
    function, inner, of = fields["function"].lower(), fields["inner"].strip(), fields["of"]
    source, dot, summand = inner.rpartition(".")
    if inner in ("", "*"):
        inner = "events"
    elif dot and not of:
        inner = f"{summand} of {source}"
    return f"write `{function} of {shorten(inner)}{of}`"


def _function_help(fields: Fields) -> str:
    return f"write `{_FUNCTIONS[in_ascii(fields['function'])]} of {fields['rest']}`"


def _date_help(fields: Fields) -> str:
    first, middle, last = map(int, re.findall("[0-9]+", fields["it"]))
    year, other = max(first, last), min(first, last)
    days = []
    orders = ((middle, other), (other, middle))
    for month, day in orders[:1] if first == year else orders:
        try:
            days.append(f"`{date(year, month, day)}`")
        except ValueError:
            continue
    return f"write {' or '.join(dict.fromkeys(days)) or 'a date such as `2026-03-14`'}"


def _month_help(fields: Fields) -> str:
    month = f"{_MONTHS.index(in_ascii(fields['month'])[:3]) + 1:02}"
    year = fields["year"].strip()
    return f"write `{year}-{month}`" if year else f"a period such as `2026-{month}`"


def _membership_help(fields: Fields) -> str:
    negated = "NOT " if fields["sign"].startswith("!") else ""
    kind, name = fields["kind"].lower(), fields["name"].strip("'\"")
    return (
        f"write `{negated}in {kind} '{name}'`; "
        f"as a name, write it in backticks: `` `{fields['kind']}` ``"
    )


def _operator_help(fields: Fields) -> str:
    return f"write {_OPERATOR_WORDS[in_ascii(fields['word'])]}"


def _null_help(fields: Fields) -> str:
    return "write `is set`" if fields["no"] else "write `is not set`"


# fmt: off
PHRASES: tuple[Hint, ...] = (
    # lengths of time: a greater length is longer ago
    Hint("unknown-operator", "`{it}` is not a time window", "write `within {duration}`",
         expected="BEFORE", at=rf"(?:(?:was|were)\s+)?{_NEWER}\s+{_DURATION}{_AGO}",
         example="lastOrderAt less than 30 days ago"),
    Hint("unknown-operator", "`{it}` is not a time window", "write `before {duration} ago`",
         expected="BEFORE", at=rf"(?:(?:was|were)\s+)?{_OLDER}\s+{_DURATION}{_AGO}",
         example="lastOrderAt more than 30 days ago"),
    Hint("unknown-operator", "`{it}` is not a time window", "write `{no}within {duration}`",
         expected="SET", before=r"\b(?P<it>is\s+(?P<no>(?:not\s+)?))",
         at=rf"{_NEWER}\s+{_DURATION}{_AGO}",
         example="lastOrderAt is newer than 30 days"),
    Hint("unknown-operator", "`{it}` is not a time window", "write `{no}before {duration} ago`",
         expected="SET", before=r"\b(?P<it>is\s+(?P<no>(?:not\s+)?))",
         at=rf"{_OLDER}\s+{_DURATION}{_AGO}",
         example="lastOrderAt is older than 30 days"),
    Hint("unknown-operator", "`{it}` is not a time window", "write `within 1 {unit}`",
         expected="BEFORE", at=rf"{_NEWER}\s+{_ONE}{_AGO}",
         example="lastOrderAt less than a month ago"),
    Hint("unknown-operator", "`{it}` is not a time window", "write `before 1 {unit} ago`",
         expected="BEFORE", at=rf"{_OLDER}\s+{_ONE}{_AGO}",
         example="lastOrderAt more than a month ago"),
    Hint("unknown-operator", "`{it}` is not a time window", "write `after {day}`",
         expected="BEFORE", at=rf"(?:newer|later|more\s+recent)\s+than\s+{_ISO}",
         example="lastOrderAt later than 2026-01-01"),
    Hint("unknown-operator", "`{it}` is not a time window", "write `before {day}`",
         expected="BEFORE", at=rf"(?:older|earlier)\s+than\s+{_ISO}",
         example="lastOrderAt earlier than 2026-01-01"),
    Hint("duration-unit", "`{it}` is not a length of time", "leave out `{limit}`",
         kinds="NAME", expected="NEXT", at=rf"(?P<limit>{_NEWER})\s+{_DURATION}",
         example="lastOrderAt within less than 30 days"),
    Hint("duration-unit", "`{it}` is not a length of time",
         "`within {duration}` is more recent, `before {duration} ago` is older",
         kinds="NAME", expected="NEXT", at=rf"{_OLDER}\s+{_DURATION}",
         example="lastOrderAt within more than 30 days"),
    Hint("syntax", "`{it}` is not a point in time", "leave out `{limit}`",
         kinds="NAME", expected="THAT", lacking="TEXT", before=r"\bbefore\s+",
         at=rf"(?P<limit>{_OLDER})\s+{_DURATION}\s+ago\b",
         example="lastOrderAt before more than 30 days ago"),
    Hint("point-value", "`{it}` cannot be compared with `{sign}`",
         "`after {duration} ago` is more recent, `before {duration} ago` is older",
         kinds="DURATION", expected="TEXT", lacking="DURATION",
         before=r"(?P<sign>[<>]=?|!?=)\s*", at=rf"{_DURATION}\s+ago\b",
         example="lastOrderAt > 30 days ago"),
    Hint("point-value", "`{it}` cannot be compared with `{sign}`",
         "`within {duration}` is more recent, `before {duration} ago` is older",
         kinds="DURATION", expected="TEXT", lacking="DURATION",
         before=r"(?P<sign>[<>]=?)\s*", at=_DURATION,
         example="lastOrderAt < 30 days"),
    Hint("point-value", "`{it}` is not a time window",
         "`within {duration}` is more recent, `before {duration} ago` is older",
         kinds="SIGN", expected="BEFORE", lacking="SIGN", at=rf"[<>]=?\s*{_DURATION}{_AGO}",
         example="any event > 30 days ago"),

    # windows
    Hint("syntax", "`{it}` is not a period of the calendar", "write `{no}within {duration}`",
         kinds="DURATION", expected="WEEK",
         before=r"\b(?P<it>(?P<no>(?:not\s+)?)(?:in|on)\s+last\s+)", at=_DURATION,
         example="lastOrderAt in last 30 days"),
    Hint("syntax", "`{it}` is not a period of the calendar", "write `{no}within {duration}`",
         kinds="NAME", expected="YEAR_MONTH",
         before=r"\b(?P<it>(?P<no>(?:not\s+)?)(?:in|on)\s+)",
         at=rf"(?:the\s+)?{_PAST}\s+{_DURATION}",
         example="lastOrderAt in the last 30 days"),
    Hint("syntax", "`{it}` is not a period of the calendar", "write `{no}within next {duration}`",
         kinds="NAME NEXT", expected="YEAR_MONTH",
         before=r"\b(?P<it>(?P<no>(?:not\s+)?)in\s+)", at=rf"(?:the\s+)?next\s+{_DURATION}",
         example="renewsAt in the next 30 days"),
    Hint("syntax", "`{it}` is not a period of the calendar", "write `{no}within 1 {unit}`",
         kinds="NAME", expected="YEAR_MONTH",
         before=r"\b(?P<it>(?P<no>(?:not\s+)?)(?:in|on)\s+)",
         at=rf"(?:the\s+)?(?:past|previous)\s+(?P<unit>day|{PERIOD_UNIT})\b",
         example="lastOrderAt in the past year"),
    Hint("syntax", "`{it}` is not a period of the calendar", "write `{period}`",
         kinds="NAME", expected="YEAR_MONTH",
         at=rf"the\s+(?P<period>(?:last|this)\s+(?:{PERIOD_UNIT})\b)",
         example="lastOrderAt in the last week"),
    Hint("syntax", "`{it}` is not a time window", "write `within {duration}`",
         kinds="NAME LAST", expected="WITHIN",
         at=rf"(?:(?:during|for|over)\s+)?(?:the\s+)?{_PAST}\s+{_DURATION}",
         example="any event last 30 days"),
    Hint("syntax", "`{it}` is not a period of the calendar", _month_help,
         kinds="NAME", expected="YEAR_MONTH", at=rf"{_MONTH}(?P<year>(?:\s+[0-9]{{4}}\b)?)",
         example="lastOrderAt in March 2026"),
    Hint("syntax", "`{it}` is not a point in time",
         "to name an event of this rule, write `{relation} that {event}`",
         kinds="NAME TEXT LAST", expected="THAT", lacking="TEXT",
         before=r"\b(?P<relation>since|after|before)\s+",
         at=rf"(?:(?:the|last|my)\s+)?(?P<event>{_EVENT})",
         example="no event since last purchase"),

    # dates
    Hint("impossible-date", "`{it}` is not how a date is written", _date_help,
         kinds="NUMBER", at=rf"(?:[0-9]{{4}}/{_DAY}/{_DAY}|{_DAY}(?P<mark>[/.-]){_DAY}(?P=mark)"
                            r"[0-9]{4})(?![\w/.-])",
         example="lastOrderAt after 31/12/2026"),
    Hint("impossible-date", "`{it}` is not how a date is written", _date_help,
         kinds="? NUMBER", before=rf"(?P<it>(?<![\w/.-])(?:[0-9]{{4}}|{_DAY}))",
         at=rf"(?P<mark>[/-]){_DAY}(?P=mark)(?:[0-9]{{4}}|{_DAY})(?![\w/.-])",
         example="lastOrderAt on 31/12/2026"),
    Hint("impossible-date", "`{it}` is not how a date is written", _date_help,
         kinds="? NUMBER", before=rf"(?P<it>(?<![\w/.-]){_DAY}\.{_DAY})",
         at=r"\.[0-9]{4}(?![\w/.-])",
         example="lastOrderAt = 31.12.2026"),

    # two bounds
    Hint("syntax", "`{it}` are not two bounds", "write `between {low} and {high}`",
         expected="AND", lacking="OR", before=rf"\bbetween\s+(?P<it>(?P<low>{NUMBER}))",
         at=rf"[-–—](?P<high>{NUMBER}){_ONE_BOUND}",  # noqa: RUF001 -- dashes of ranges
         example="totalSpent between 100-200"),
    Hint("syntax", "`{it}` are not two bounds", "write `between {low} and {high}`",
         expected="AND", before=rf"\bbetween\s+(?P<it>(?P<low>{_BOUND})\s*)",
         at=rf"(?:(?:to|or)\s+|,\s+|[-–—]\s+)(?P<high>{_BOUND}){_ONE_BOUND}",  # noqa: RUF001
         example="totalSpent between 100 to 200"),
    Hint("syntax", "`{it}` are not two bounds", "write `between {low} and {high}`",
         kinds="NUMBER DATE", expected="AND",
         before=rf"\bbetween\s+(?P<it>(?P<low>{_BOUND})\s+)",
         at=rf"(?P<high>{_BOUND}){_ONE_BOUND}",
         example="totalSpent between 100 200"),
    Hint("syntax", "`{it}` are not two bounds", "write `between {low} and {high}`",
         kinds="LPAR", before=r"\bbetween\s+",
         at=rf"\(\s*(?P<low>{_BOUND})\s*(?:,|and\b|to\b)\s*(?P<high>{_BOUND})\s*\)",
         example="totalSpent between (100, 200)"),

    # one name, several values
    Hint("missing-list", _commas_message, _commas_help,
         kinds="COMMA", expected="AND",
         before=r"(?P<it>(?P<sign>!=|(?<![<>])=|\bcontains\b)\s*(?P<every>(?:(?:any|all)\s+)?)"
                rf"(?P<values>(?:{_WORDS}|{_WHOLE})\s*))",
         at=rf"(?P<rest>(?:,(?:\s*{_WORDS}|\s+{_WHOLE})\s*)+){_NO_TEST}",
         example="tags contains vip, b2b"),
    Hint("missing-list", "`{joined}` joins conditions, and `{word}` is a value", _list_help,
         kinds="TEXT NUMBER DATE", expected="NOT NAME", lacking="TEXT",
         before=rf"(?P<it>(?P<sign>!=|(?<![<>])=|\bcontains\b)\s*(?P<values>{_VALUE}))"
                r"\s+(?P<joined>or)\s+",
         at=rf"(?P<rest>{_VALUE}(?:\s+or\s+{_VALUE}{_NO_TEST})*)",
         example="country = 'GB' or 'US'"),
    Hint("missing-list", "`{joined}` joins conditions, and `{word}` is a value", _list_help,
         kinds="TEXT NUMBER DATE", expected="NOT NAME", lacking="TEXT",
         before=rf"(?P<it>(?P<sign>!=|(?<!not )\bcontains\b)\s*(?P<values>{_VALUE}))"
                r"\s+(?P<joined>and)\s+",
         at=rf"(?P<rest>{_VALUE}(?:\s+and\s+{_VALUE}{_NO_TEST})*)",
         example="country != 'GB' and 'US'"),
    Hint("missing-list", "`{joined}` joins conditions, and `{last}` is a value", _list_help,
         kinds="AND OR RPAR $END", expected="IS",
         before=rf"(?P<it>(?P<sign>!=|(?<![<>])=|\bcontains\b)\s*(?P<values>{_BARE}\s+"
                rf"(?P<joined>or)\s+(?P<last>{_BARE}))\s*)",
         at=rf"(?P<rest>(?:or\s+{_BARE}{_NO_TEST}\s*)*)",
         example="country = GB or US"),
    Hint("syntax", "`{it}` alone is not a condition", "such as `{it} = true`",
         kinds="AND OR RPAR $END", expected="IS", at="",
         before=rf"(?P<it>(?<![\w.`]){_NAME}\s*)", sharpen=sharpen_alone,
         example="emailOptIn"),

    # signs and words from elsewhere
    Hint("syntax", "`{it}` does not begin a filter", "write `has`",
         kinds="NAME WITH", expected="HAS", at=r"(?:where|with|whose|having)\b",
         example="any event where device = 'mobile'"),
    Hint("syntax", "a rule begins with its first condition", "leave out `{it}`",
         kinds="NAME ANY NO FIRST LAST COUNT SUM AVG MIN MAX LPAR", expected="IS", at="",
         before=r"\A\s*(?P<it>(?:if|when|where)\s+)",
         example="if totalSpent > 3"),

    # functions
    Hint("syntax", "`{function}` is followed by `of`", _call_help,
         kinds="LPAR", expected="OF", before=r"\b(?P<it>(?P<function>count|sum|avg|min|max)\s*)",
         at=rf"\((?P<inner>[^()\r\n]*)\)(?P<of>(?:\s+of\s+{_NAME})?)",
         example="count(orders) > 3"),
    Hint("unknown-operator", "`{function}` is not a function", _function_help,
         kinds="OF", expected="IS", before=rf"\b{_FUNCTION}", at=rf"of\s+(?P<rest>{_NAME})",
         example="number of orders > 3"),
    Hint("unknown-operator", "`{function}` is not a function", _function_help,
         kinds="NAME", expected="IS", before=rf"\b{_FUNCTION}",
         at=rf"(?P<rest>{_NAME}\s+of\s+{_NAME})",
         example="average total of orders > 3"),

    # the other way round
    Hint("syntax", "`{it}` begins with its value", _turned_help,
         kinds="NUMBER TEXT DATE DATETIME", expected="NAME", lacking="TEXT",
         at=rf"(?P<value>{QUOTED}|[0-9-][\w.:+-]*)\s*(?P<sign>!=|[<>]=?|=)\s*(?P<name>{_NAME})"
            rf"(?!\s+of\b)(?P<more>(?:\s*[<>]=?\s*{NUMBER})?)",
         example="100 < totalSpent"),
    Hint("syntax", "`{it}` begins with its value", "write `{name} {no}contains {value}`",
         kinds="NUMBER TEXT", expected="NAME", lacking="TEXT",
         at=rf"(?P<value>{QUOTED}|{NUMBER})\s+(?P<no>(?:not\s+)?)in\s+(?P<name>{_NAME})",
         example="'vip' in tags"),
    Hint("reserved-word", "`{word}` is a reserved word", _membership_help,
         kinds="SEGMENT COHORT", expected="NAME", lacking="TEXT",
         at=rf"(?P<kind>segment|cohort)\s*(?P<sign>!?=|is\b|(?=['\"]))\s*"
            rf"(?P<name>{QUOTED}|\w[\w-]*)",
         example="segment = 'vip'"),

    # words for operators and events
    Hint("null-value", "`{it}` is not a value", _null_help,
         expected="SET", before=r"\bis\s+(?P<no>(?:not\s+)?)",
         at=r"(?:null|none|missing|empty|unset|blank)\b",
         example="country is null"),
    Hint("is-comparison", "`is` only asks whether a value is set", "to compare, write `=` or `!=`",
         kinds=f"TEXT NUMBER TRUE FALSE NAME DATE SIGN {NOT_CONNECTIVES}", expected="SET",
         example="country is 'GB'"),
    Hint("unknown-operator", "`{it}` is not an operator", _operator_help,
         kinds="NAME", expected="IS", at=rf"(?:{'|'.join(_OPERATOR_WORDS)})\b",
         example="path like '/p/%'"),
    Hint("syntax", "expected `event`, found `{it}`", "write `{which} event of type '{it}'`",
         kinds="NAME", expected="EVENT", before=r"\b(?P<which>any|no|first|last)\s+", at=r"\w+",
         sharpen=sharpen_event,
         example="no purchase within 30 days"),
)
# fmt: on
