"""A mistake in a text, not yet tied to its source, and the codes of all mistakes."""

from collections.abc import Mapping
from types import MappingProxyType

from segrules.language.diagnostics import Diagnostic
from segrules.language.source import Source, Span

CODES: Mapping[str, str] = MappingProxyType(
    {
        "bad-escape": "a backslash in text does not begin an escape",
        "character": "the text has a control character, or half of a surrogate pair",
        "curly-quote": "text is in curly quotes instead of straight ones",
        "currency-sign": "a number has a currency sign",
        "duration-range": "a duration is longer than the calendar allows",
        "duration-unit": "a duration has no unit or an unknown one, or is not a whole number",
        "empty-list": "a list has no values",
        "empty-rule": "the text has no condition",
        "impossible-date": "a date, time or period that does not exist",
        "is-comparison": "`is` is used to compare; it only asks whether a value is set",
        "leading-zero": "a number begins with a needless 0",
        "missing-ago": "a duration is written where a point in time is expected",
        "missing-connective": "there is neither AND nor OR between two conditions",
        "missing-list": "`in` is followed by neither a list nor a period",
        "naive-datetime": "a date and time has no offset from UTC",
        "null-value": "a value is compared with null",
        "number-range": "a number is larger or finer than a double can be",
        "number-sign": "a number has a sign or letters that do not belong to it",
        "point-value": "a point or a period in time is written where a value is expected",
        "quote-in-text": "a quote inside text ends it too early",
        "reserved-word": "a keyword is used as a name or as text",
        "semicolon": "a semicolon",
        "split-name": "one name is written as several words",
        "syntax": "anything else that does not follow the grammar",
        "too-long": "the text has more characters than the host allows",
        "too-nested": "parentheses or connectives nest deeper than any rule needs",
        "unclosed-bracket": "an opening parenthesis has no closing one",
        "unclosed-quote": "an opening quote has no closing one on its line",
        "unknown-operator": "a sign or word from another language is used as an operator",
        "unknown-word": "a word is neither a keyword nor a name that fits",
        "unopened-bracket": "a closing parenthesis has no opening one",
        "unquoted-name": "a name needs backticks",
        "unquoted-text": "text needs quotes",
        "window-order": "an aggregate's window comes after its comparison",
        "wrong-bracket": "square or curly brackets are used as parentheses",
    }
)
"""Every code that parsing can give, and what each means."""


class Mistake(Exception):  # noqa: N818 -- it never leaves this package: RuleError does
    """Something wrong at one place in the text being read."""

    def __init__(
        self,
        code: str,
        message: str,
        span: Span,
        help_: str | None = None,
        related: tuple[Span, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.help = help_
        self.related = related

    def finding(self, source: Source) -> Diagnostic:
        """Return this mistake as a finding in a source."""
        related, note = self.related or (None, None)
        return Diagnostic(
            self.code,
            self.message,
            source,
            self.span,
            help=self.help,
            related=related,
            related_note=note,
        )
