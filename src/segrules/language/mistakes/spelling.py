"""Mistakes in single words: a keyword misspelt, a name in several words, a name that is not known.

A keyword is suggested only if the text goes on well with it: the text is read again to find out.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from segrules.language.formatter import format_node
from segrules.language.mistakes.hint import Misfit
from segrules.language.mistakes.mistake import Mistake
from segrules.language.names import NO_NAMES, Names
from segrules.language.source import Span
from segrules.language.suggestions import find_close, find_same, is_slip, list_some, quote, shorten
from segrules.language.syntax import Text
from segrules.language.words import RESERVED, Word

_SUGGESTED: Final = 3
_MOST_PIECES: Final = 6
_FURTHER: Final = (3, 1)
"""How many words a text must go on for with another word in it, unless it ends before: if that is
the word that does not fit, and if it is the one before, of which the next word fits then, too."""

_PIECE = re.compile(r"(?:[ \t]+|[ \t]*[-.][ \t]*)?\w+")
_WORD = re.compile(r"'[^'\r\n]*'|\"[^\"\r\n]*\"|[\w.]+|[^\w\s]+")
_ENDS = frozenset({"AND", "OR", "RPAR", "$END"})


def explain_spelling(misfit: Misfit, names: Names) -> Mistake | None:
    """Return the mistake in the spelling of a word, if that is what keeps it from fitting."""
    return (
        _find_split_name(misfit, names)
        or _find_name_alone(misfit, names)
        or _find_misspelt_keyword(misfit, names)
        or _find_beginning(misfit, names)
    )


# A name in several words


def _find_split_name(misfit: Misfit, names: Names) -> Mistake | None:
    for back in range(min(_MOST_PIECES, len(misfit.before)), -1, -1):
        first = misfit.before[-back] if back else misfit.word
        ends = _find_ends(misfit, first)
        expected = misfit.expected_before(back) if ends else frozenset()
        if "NAME" not in expected or "TEXT" in expected:
            continue
        for end in ends:
            run = misfit.text[first.span.start : end]
            name = find_same(run, _names_at(misfit, back, end, names) or {})
            if name not in (None, run):
                return Mistake(
                    "split-name",
                    f"`{shorten(run)}` is one name in the schema",
                    Span(first.span.start, end),
                    f"write {quote(str(name))}",
                )
    return None


def _find_ends(misfit: Misfit, first: Word) -> list[int]:
    """Return where a name of several pieces from a word on, past the misfit, may end."""
    if first.kind != "NAME" and first.text.lower() not in RESERVED:
        return []
    ends: list[int] = []
    at = first.span.start
    while len(ends) < _MOST_PIECES and (piece := _PIECE.match(misfit.text, at)):
        at = piece.end()
        ends.append(at)
    return [end for end in reversed(ends[1:]) if end > misfit.word.span.start]


def _names_at(misfit: Misfit, back: int, end: int, names: Names) -> Mapping[str, str] | None:
    """Return the names that may replace the word `back` words before; it ends at `end`.

    Returns None where none are known: in a filter on the elements of a list.
    """
    if "ANY" in misfit.expected_before(back):
        return names.attributes
    before = misfit.before[: len(misfit.before) - back]
    if before and before[-1].kind in {"OF", "DISTINCT"}:
        is_summand = re.match(r"\s+of\b", misfit.text[end:], re.IGNORECASE)
        return names.properties_of(None) if is_summand else names.collections
    asked = max((n for n, word in enumerate(before) if word.kind == "HAS"), default=0)
    match [(word.kind, word.text) for word in before[:asked][-2:]]:
        case [("TYPE", _), ("TEXT", event_type)]:
            return names.properties_of(event_type[1:-1])
        case [("OF", _), ("NAME", collection)]:
            return names.properties_of(names.collections.get(collection))
        case [*_, ("EVENT" | "EVENTS", _)]:
            return names.properties_of(None)
        case _:
            return None


# A name alone


def _find_name_alone(misfit: Misfit, names: Names) -> Mistake | None:
    """Return the mistake of a name of the schema that nothing is asked of."""
    if not _is_alone(misfit):
        return None
    word = misfit.before[-1]
    example = _find_examples(misfit, names).get(word.text)
    if example is None:
        return None
    message = f"{quote(shorten(word.text))} alone is not a condition"
    return Mistake("syntax", message, word.span, f"such as {quote(example)}")


def _find_beginning(misfit: Misfit, names: Names) -> Mistake | None:
    """Return the mistake of a keyword with which a condition begins, and nothing after it."""
    if misfit.word.kind not in _ENDS or names == NO_NAMES:
        return None
    for back in range(1, min(2, len(misfit.before)) + 1):
        first = misfit.before[-back]
        example = _examples_of_keywords(names).get(first.text.lower())
        if example is not None and "ANY" in misfit.expected_before(back):
            span = Span(first.span.start, misfit.before[-1].span.end)
            run = misfit.text[span.start : span.end]
            message = f"{quote(shorten(run))} is only the beginning of a condition"
            return Mistake("syntax", message, span, f"such as {quote(example)}")
    return None


def sharpen_alone(mistake: Mistake, misfit: Misfit, names: Names) -> Mistake:
    """Return the mistake for a word alone that is not a name of the schema."""
    known = _names_at(misfit, 1, mistake.span.end, names)
    if known is None or not _is_alone(misfit):
        return mistake
    word = misfit.before[-1].text
    examples = _find_examples(misfit, names)
    if "ANY" in misfit.expected_before(1):
        examples = _examples_of_keywords(names) | examples
    close = [quote(examples[each]) for each in find_close(word, examples, _SUGGESTED)]
    if names.is_open:
        close += [quote(f"{word} = true")] if close else []
        return _did_you_mean(mistake, mistake.code, mistake.message, close)
    message = f"{quote(shorten(word))} is neither a keyword nor a name of the schema"
    unknown = Mistake("unknown-word", message, mistake.span, _list(known))
    return _did_you_mean(unknown, unknown.code, message, close)


def _is_alone(misfit: Misfit) -> bool:
    """Tell whether the word before is a name where a condition begins, and nothing follows it."""
    return (
        misfit.word.kind in _ENDS
        and "IS" in misfit.expected
        and misfit.before[-1].kind == "NAME"
        and "TEXT" not in misfit.expected_before(1)
    )


def _find_examples(misfit: Misfit, names: Names) -> dict[str, str]:
    """Return the names that the word before may be, each with a condition."""
    known = _names_at(misfit, 1, misfit.before[-1].span.end, names) or {}
    if "ANY" not in misfit.expected_before(1):
        return dict(known)
    events = {name: f"any event of type {_write(name)}" for name in names.properties}
    counts = {name: f"count of {name} > 3" for name in names.collections}
    return {**events, **counts, **known}


def _examples_of_keywords(names: Names) -> dict[str, str]:
    """Return a condition for each keyword that one may begin with."""
    events = {which: f"{which} event within 30 days" for which in ("any", "no", "first", "last")}
    counted = min(names.collections, default="events")
    return {**events, "event": events["any"], "count": f"count of {counted} > 3"}


# Names that other hints take as they are


def sharpen_event(mistake: Mistake, misfit: Misfit, names: Names) -> Mistake:
    """Return the mistake for a word in the place of `event`."""
    first, word = misfit.before[-1], misfit.word.text
    event_type = names.collections.get(word, word)
    known = names.is_open or event_type in names.properties
    found = find_close(word, [*names.properties, *names.collections], 1)
    close = [event_type] if known else [names.collections.get(each, each) for each in found]
    said = [quote(f"{first.text.lower()} event of type {_write(each)}") for each in close]
    span = Span(first.span.start, misfit.word.span.end)
    types = _list([_write(each) for each in names.properties], "the event types are")
    plain = Mistake(mistake.code, mistake.message, span, f"write {said[0]}" if known else types)
    return plain if known else _did_you_mean(plain, mistake.code, mistake.message, said)


def sharpen_name(mistake: Mistake, misfit: Misfit, names: Names) -> Mistake:
    """Return the mistake for several words in the place of a name."""
    words = misfit.text[mistake.span.start : mistake.span.end]
    back = sum(word.span.start >= mistake.span.start for word in misfit.before)
    known = _names_at(misfit, back, mistake.span.end, names)
    if known is None or names.is_open:
        return mistake
    message = f"`{shorten(words)}` is not a name of the schema"
    plain = Mistake("split-name", message, mistake.span, _list(known))
    close = [
        quote(name)
        for name in find_close(words, known, _SUGGESTED)
        if _goes_on(misfit, mistake.span, name, _FURTHER[0])
    ]
    return _did_you_mean(plain, plain.code, message, close)


# A keyword misspelt


def _find_misspelt_keyword(misfit: Misfit, names: Names) -> Mistake | None:
    backs = (0,) if not misfit.before or _is_alone(misfit) else (0, 1)
    for back in backs:
        word = misfit.before[-1] if back else misfit.word
        if word.kind != "NAME" or (back and names.has(word.text)):
            continue
        expected = (kind.lower() for kind in misfit.expected_before(back))
        said = word.text.lower()
        for keyword in sorted(k for k in expected if k in RESERVED and is_slip(said, k)):
            if _goes_on(misfit, word.span, keyword, _FURTHER[back]):
                message = f"`{shorten(word.text)}` is not a keyword"
                return Mistake("unknown-word", message, word.span, f"did you mean `{keyword}`?")
    return None


def _goes_on(misfit: Misfit, span: Span, word: str, further: int) -> bool:
    """Tell whether a text reads on for `further` words with another word at a place."""
    changed = misfit.text[: span.start] + word + misfit.text[span.end :]
    place = misfit.reach(changed)
    if place is None or place >= len(changed.rstrip()):
        return True
    seen = misfit.word.span.end + len(changed) - len(misfit.text)
    return len(_WORD.findall(changed, seen, place)) >= further


def _did_you_mean(mistake: Mistake, code: str, message: str, said: Sequence[str]) -> Mistake:
    """Return a mistake with what was probably meant; as it is if nothing was."""
    if not said:
        return mistake
    *most, last = said
    meant = f"{', '.join(most)} or {last}" if most else last
    return Mistake(code, message, mistake.span, f"did you mean {meant}?")


def _list(known: Collection[str], which: str = "one of:") -> str | None:
    return f"{which} {list_some(sorted(known))}" if known else None


def _write(event_type: str) -> str:
    return format_node(Text(event_type))
