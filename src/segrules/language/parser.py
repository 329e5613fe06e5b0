"""The parser, from text to the tree as written.

Any text gives a tree or a RuleError with the first mistake in it, and never another error.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from importlib.resources import files
from threading import Lock
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias

from attrs import define, field
from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from segrules.language.builders import BUILDERS, READERS, SILENT
from segrules.language.diagnostics import RuleError
from segrules.language.limits import Limits
from segrules.language.mistakes.hint import Misfit, explain
from segrules.language.mistakes.mistake import Mistake
from segrules.language.mistakes.objects import OBJECTS
from segrules.language.mistakes.phrases import PHRASES
from segrules.language.mistakes.spelling import explain_spelling
from segrules.language.mistakes.symbols import SYMBOLS
from segrules.language.names import AskNames, ask_nothing
from segrules.language.source import Source, Span
from segrules.language.syntax import (
    AggregateCondition,
    Aggregation,
    And,
    Comment,
    Derivation,
    EventCondition,
    Has,
    Node,
    Not,
    Or,
    RuleText,
)
from segrules.language.words import Word, is_reserved

_Start: TypeAlias = Literal["rule", "derivation"]

LEVELS = 64
"""How many connectives, and lists of objects, may nest as written, whatever the host's limits: no
walk over a tree goes deeper. Canonical text adds a few brackets of its own, so some more brackets
may be open."""

_OPEN = LEVELS + 16
_SEEN = 100
"""How many words before a mistake are looked at."""
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_COMMENT = re.compile(r"(?:#|--)[^\r\n]*")
_OWN_LINE = re.compile(r"[\s(]*(?:(?:and|or|not)\b[\s(]*)*", re.IGNORECASE)
_HINTS = (*OBJECTS, *PHRASES, *SYMBOLS)
_building = Lock()


def parse(source: Source, limits: Limits = Limits(), ask_names: AskNames = ask_nothing) -> RuleText:
    """Return the tree of a rule's text, or raise RuleError.

    ask_names: gives the names that a mistake may be explained with; called only if there is one.
    """
    return RuleText(*_read(source, limits, "rule", ask_names))


def parse_derivation(source: Source, limits: Limits = Limits()) -> Derivation:
    """Return the tree of how an attribute derives from events, or raise RuleError."""
    derivation: Derivation = _read(source, limits, "derivation", ask_nothing)[0]
    return derivation


def _read(
    source: Source, limits: Limits, start: _Start, ask_names: AskNames
) -> tuple[Any, tuple[Comment, ...]]:
    try:
        _admit(source.text, limits)
        tree, tokens = _run(source.text, start, ask_names)
        _check_levels(tree)
    except Mistake as mistake:
        raise RuleError([mistake.finding(source)]) from None
    return tree, tuple(_comments(source.text, tokens))


def _admit(text: str, limits: Limits) -> None:
    """Raise Mistake if a text is too long, or has a character that no rule may have."""
    if len(text) > limits.characters:
        raise Mistake(
            "too-long",
            f"the text has {len(text):,} characters, and at most {limits.characters:,} are allowed",
            Span(limits.characters, limits.characters + 1),
            "split it into segments, and refer to them with `in segment '…'`",
        )
    if unreadable := _UNREADABLE.search(text):
        raise Mistake(
            "character",
            f"the character U+{ord(unreadable[0]):04X} is not allowed in a rule",
            Span(*unreadable.span()),
            f"leave it out, or write it in text as `\\u{ord(unreadable[0]):04x}`"
            if unreadable[0] < "\ud800"
            else "leave it out, or write the whole character",
        )


@define
class _Reading:
    """How far a text could be read. stop: the word that does not fit; None if all of them do."""

    tree: Any = None
    tokens: list[Token] = field(factory=list)
    nest: list[Token] = field(factory=list)
    stop: Word | None = None


def _run(text: str, start: _Start, ask_names: AskNames) -> tuple[Any, list[Token]]:
    reading = _read_through(text, start)
    if reading.stop is None:
        return reading.tree, reading.tokens
    misfit, names = _misfit(text, start, reading, reading.stop), ask_names()
    raise explain_spelling(misfit, names) or explain(misfit, _HINTS, names)


def _read_through(text: str, start: _Start) -> _Reading:
    parser = _parser().parse_interactive(text, start)
    reading = _Reading()
    tokens = reading.tokens
    try:
        for token in parser.iter_parse():
            tokens.append(token)
            _follow(reading.nest, token)
        reading.tree = parser.feed_token(Token("$END", ""))
    except UnexpectedToken as error:
        if error.token.type == "$END":
            end = _word(tokens[-1]).span.end if tokens else 0
            reading.stop = Word("$END", "", Span(end, end))
        else:
            reading.stop = _word(tokens.pop())
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        reading.stop = Word("?", text[at], Span(at, at + 1))
    return reading


def _misfit(text: str, start: _Start, reading: _Reading, word: Word) -> Misfit:
    tokens = reading.tokens
    opened = [token for token in reading.nest if token.type == "LPAR"]
    return Misfit(
        text=text,
        word=word,
        expected=_expected(start, tokens),
        opened=_word(opened[-1]).span if opened else None,
        before=[_word(token) for token in tokens[-_SEEN:]],
        expected_before=lambda back: _expected(start, tokens[: len(tokens) - back]),
        reach=partial(_reach, start),
    )


def _reach(start: _Start, text: str) -> int | None:
    """Return where the first mistake in a text is; None if there is none."""
    try:
        stop = _read_through(text, start).stop
    except Mistake as mistake:
        return mistake.span.start
    return None if stop is None else stop.span.start


def _expected(start: _Start, before: Sequence[Token]) -> frozenset[str]:
    # the parser that failed may have reduced already, and so forgotten some of what it expected
    parser = _parser().parse_interactive(start=start)
    for token in before:
        parser.feed_token(token)
    return frozenset(parser.accepts())  # type: ignore[no-untyped-call] # lark's


def _follow(nest: list[Token], token: Token) -> None:
    """Update the stack of open brackets and of NOTs that still wait for their operand."""
    match token.type:
        case "LPAR" | "NOT":
            nest.append(token)
        case "AND" | "OR" | "RPAR":
            while nest and nest[-1].type == "NOT":
                nest.pop()
            if token.type == "RPAR" and nest:
                nest.pop()
    if len(nest) > _OPEN:
        raise _too_nested(_word(token).span)


def _check_levels(root: Node | Derivation) -> None:
    waiting: list[tuple[Node | Derivation, int]] = [(root, 0)]
    while waiting:
        node, level = waiting.pop()
        if level > LEVELS:
            raise _too_nested(node.span)
        match node:
            case And(terms=terms) | Or(terms=terms):
                waiting += [(term, level + 1) for term in terms]
            case Not(term=term) | Has(filter=term):
                waiting.append((term, level + 1))
            case (
                EventCondition(filter=inner)
                | Aggregation(filter=inner)
                | AggregateCondition(aggregation=Aggregation(filter=inner))
            ) if inner is not None:
                waiting.append((inner, level))
            case _:
                pass


def _too_nested(span: Span) -> Mistake:
    return Mistake(
        "too-nested",
        f"more than {LEVELS} parentheses or connectives are nested here",
        span,
        "split the rule into segments, and refer to them with `in segment '…'`",
    )


def _comments(text: str, tokens: Sequence[Token]) -> Iterator[Comment]:
    """Yield the comments, which are between the words."""
    ends = [0, *(token.end_pos or 0 for token in tokens)]
    starts = [*(token.start_pos or 0 for token in tokens), len(text)]
    line = 0
    for end, start in zip(ends, starts, strict=True):
        for comment in _COMMENT.finditer(text, end, start):
            at = comment.start()
            line = max(line, text.rfind("\n", line, at) + 1, text.rfind("\r", line, at) + 1)
            yield Comment(
                comment[0].rstrip(),
                own_line=_OWN_LINE.fullmatch(text, line, at) is not None,
                span=Span(at, at + len(comment[0].rstrip())),
            )


def _parser() -> Lark:
    with _building:
        return _build()


@cache
def _build() -> Lark:
    """Return the parser, built from its grammar on first use."""
    lark = Lark(
        files("segrules.language").joinpath("grammar.lark").read_text(encoding="utf-8"),
        start=["rule", "derivation"],
        parser="lalr",
        lexer="basic",
        keep_all_tokens=True,
        maybe_placeholders=True,
        lexer_callbacks={"NAME": _keyword},
        transformer=SimpleNamespace(
            **{name: partial(_build_node, build) for name, build in BUILDERS.items()},
            **{name: partial(_read_node, read) for name, read in READERS.items()},
        ),
    )
    # lark completes its lexer at the first word, which is not safe in two threads at once
    lark.parse("a = 1", "rule")
    return lark


def _keyword(token: Token) -> Token:
    return token.update(type=token.upper()) if is_reserved(token) else token


def _build_node(build: Callable[..., object], parts: list[Any]) -> object:
    present = [part for part in map(_plain, parts) if part is not None]
    span = Span(present[0].span.start, present[-1].span.end)
    return build(*_without_silent(parts), span=span)


def _read_node(read: Callable[[Any], object], parts: list[Any]) -> object:
    return read(*_without_silent(parts))


def _without_silent(parts: list[Any]) -> list[Any]:
    words = map(_plain, parts)
    return [part for part in words if not (isinstance(part, Word) and part.kind in SILENT)]


def _plain(part: Any) -> Any:
    return _word(part) if isinstance(part, Token) else part


def _word(token: Token) -> Word:
    start = token.start_pos or 0
    return Word(token.type, str(token), Span(start, start + len(token)))
