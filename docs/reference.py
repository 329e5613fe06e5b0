"""The reference: reference.md, made of reference.template.md, signatures and docstrings.

`python docs/reference.py` writes the page, and with `--check` only tells whether it is up to date.
In the template a line `<!-- names: Rule, Verdict -->` stands for the sections of these names. Each
public name stands in the template once.
"""

import ast
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from functools import cached_property, reduce
from importlib import import_module
from pathlib import Path
from typing import Any, Final, get_type_hints

import attrs

DOORS: Final = (
    "segrules.errors",
    "segrules.insight",
    "segrules.results",
    "segrules.syntax",
    "segrules",
)
"""The modules with public names. A name that has several is shown at the first of these."""

FOLDER: Final = Path(__file__).parent
PAGE: Final = FOLDER / "reference.md"
TEMPLATE: Final = FOLDER / "reference.template.md"
WIDTH: Final = 88

_NAMES = re.compile(r"^<!-- names: (.*?) -->$", re.MULTILINE | re.DOTALL)
_KEYS = re.compile(r"(?:(?<=^)|(?<=[.;] ))((?:`?\w+`?, )*`?\w+`?): ")


class PageError(Exception):
    """A template that does not show every public name once."""


def main(arguments: list[str]) -> int:
    """Write the page, or tell whether it is up to date."""
    made = render(TEMPLATE.read_text("utf-8"))
    if arguments != ["--check"]:
        PAGE.write_text(made, "utf-8")
        return 0
    found = PAGE.read_text("utf-8") if PAGE.exists() else ""
    difference = unified_diff(
        found.splitlines(), made.splitlines(), PAGE.name, "what the docstrings say", lineterm=""
    )
    print(*difference, sep="\n")  # noqa: T201  # this is a command
    return int(found != made)


def render(template: str) -> str:
    """Return the page that a template stands for."""
    doors = find_doors()
    shown = [name for group in _NAMES.findall(template) for name in _split(group)]
    missing = [f"{name} is missing" for name in sorted(doors.keys() - set(shown))]
    unknown = [f"{name} is not public" for name in shown if name not in doors]
    twice = [f"{name} stands twice" for name in sorted(set(shown)) if shown.count(name) > 1]
    if problems := [*missing, *unknown, *twice]:
        raise PageError(f"{TEMPLATE.name}: {'; '.join(problems)}")

    def show(found: re.Match[str]) -> str:
        names = _split(found[1])
        links = " · ".join(f"[`{name}`](#{name})" for name in names)
        return "\n\n".join([links, *(part for n in names for part in section(n, doors[n]))])

    page = _NAMES.sub(show, template)
    anchors = find_anchors(page)
    return re.sub(r"(?<=`\]\(#)\w+(?=\))", lambda found: anchors[found[0]], page)


def find_anchors(page: str) -> dict[str, str]:
    """Return the anchor of each name's section; equal headings are numbered from the second on."""
    anchors, seen = dict[str, str](), Counter[str]()
    for level, title in re.findall(r"^(##?#?) (.+)$", page, re.MULTILINE):
        anchor = title.lower().replace(" ", "-")
        if level == "###":
            anchors[title] = f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor
        seen[anchor] += 1
    return anchors


def find_doors() -> dict[str, str]:
    """Return the public names, each with the module to import it from."""
    doors: dict[str, str] = {}
    for module in DOORS:
        for name in import_module(module).__all__:
            # a type that is a choice of others has no section
            if callable(getattr(import_module(module), name)):
                doors.setdefault(name, module)
    return doors


def section(name: str, door: str) -> Iterator[str]:
    """Yield the parts of a name's section: heading, signature, text, and what a class has."""
    named = getattr(import_module(door), name)
    imported = "" if door == "segrules" else f"from {door} import {name}\n\n"
    yield f"### {name}"
    if not isinstance(named, type):
        yield _code(imported + call(name, inspect.signature(named)))
        yield from text(named, inspect.signature(named).parameters)
        return
    is_received = door in {"segrules.results", "segrules.syntax"}
    types = fields(named)
    if is_received:
        body = "".join(f"\n    {key}: {kind}" for key, kind in types.items())
        yield _code(f"{imported}class {name}{':' if body else ''}{body}")
    elif issubclass(named, Exception):
        parents = ", ".join(parent.__name__ for parent in named.__bases__)
        yield _code(f"{imported}class {name}({parents})")
    else:
        yield _code(imported + call(name, signature_of(named)))
    yield from text(named, _words_of(named))
    for key, member, owner in members(named):
        yield f"#### {name}.{key}"
        yield from member_section(name, key, member, owner)


def member_section(name: str, key: str, member: Any, owner: type) -> Iterator[str]:
    """Yield the signature and the text of a method or a property."""
    match member:
        case property(fget=getter) | cached_property(func=getter) if getter is not None:
            kind = inspect.signature(getter).return_annotation
            yield _code(f"{key}: {annotation(kind)}")
            yield from text(getter, ())
        case classmethod() | staticmethod():
            signature = inspect.signature(getattr(owner, key))
            yield _code(call(f"{name}.{key}", signature, returns=name))
            yield from text(member.__func__, signature.parameters)
        case _:
            signature = inspect.signature(member)
            rest = list(signature.parameters.values())[1:]
            yield _code(call(key, signature.replace(parameters=rest), returns=name))
            yield from text(member, signature.parameters)


def members(named: type) -> Iterator[tuple[str, Any, type]]:
    """Yield the public methods and properties of a class, in the order of their definition.

    What comes from a class that has a section of its own is left to that.
    """
    seen = set()
    public = set(find_doors())
    for owner in named.__mro__:
        if not owner.__module__.startswith("segrules"):
            continue
        if owner is not named and owner.__name__ in public:
            continue
        for key, member in vars(owner).items():
            is_shown = inspect.isfunction(member) or isinstance(
                member, property | cached_property | classmethod | staticmethod
            )
            if is_shown and not key.startswith("_") and key not in seen:
                seen.add(key)
                yield key, member, owner


def fields(named: type) -> dict[str, str]:
    """Return the public fields of a value, with their types."""
    if not attrs.has(named):
        return {}
    hints = get_type_hints(named)
    names = [field.name for field in attrs.fields(named) if not field.name.startswith("_")]
    return {name: annotation(hints[name]) for name in names}


def _words_of(named: type) -> set[str]:
    """Return the words that a class's docstring explains: its parameters and its attributes."""
    has_own = "__init__" in vars(named) or not issubclass(named, Exception)
    words = set(inspect.signature(named).parameters) if has_own else set[str]()
    words |= {key for owner in named.__mro__ for key in getattr(owner, "__annotations__", ())}
    words |= {key for key, _, _ in members(named)}
    initialize = inspect.getattr_static(named, "__init__")
    if inspect.isfunction(initialize):
        words |= {name for name in initialize.__code__.co_names if not name.startswith("_")}
    return words


# Text


def text(documented: Any, words: Iterable[str]) -> Iterator[str]:
    """Yield the paragraphs of a docstring; words that it explains become a list."""
    explained, shown = set(words), list[str]()
    for paragraph in (inspect.getdoc(documented) or "").split("\n\n"):
        for part in _paragraph(" ".join(paragraph.split()), explained):
            if shown and shown[-1].startswith("- ") and part.startswith("- "):
                shown[-1] += f"\n{part}"
            else:
                shown.append(part)
    yield from shown


def _paragraph(paragraph: str, words: set[str]) -> Iterator[str]:
    """Yield a paragraph in which `one: what it is. other: what it is.` may stand."""
    starts = [
        found
        for found in _KEYS.finditer(paragraph)
        if words.issuperset(key.strip("`") for key in _split(found[1]))
    ]
    if not starts:
        yield paragraph
        return
    if before := paragraph[: starts[0].start()].strip():
        yield before
    ends = [found.start() for found in starts[1:]] + [len(paragraph)]
    lines, last = [], ""
    for found, end in zip(starts, ends, strict=True):
        keys = ", ".join(f"`{key.strip('`')}`" for key in _split(found[1]))
        explained = paragraph[found.end() : end].strip()
        explained, raises, rest = explained.partition(". Raises ")
        lines.append(f"- {keys}: {explained.rstrip('.;')}.")
        last = f"Raises {rest}" if raises else last
    yield "\n".join(lines)
    if last:
        yield last


def _split(names: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", names) if name]


def _code(text: str) -> str:
    return f"```py\n{text}\n```"


# Signatures


def call(name: str, signature: inspect.Signature, *, returns: str = "") -> str:
    """Return a call as Python writes it; `returns` is what `Self` means."""
    parts = list(_parameters(signature))
    kind = signature.return_annotation
    arrow = "" if kind in (signature.empty, None) else f" -> {annotation(kind)}"
    if returns:
        arrow = re.sub(r"\bSelf\b", returns, arrow)
    line = f"{name}({', '.join(parts)}){arrow}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{name}(", *(f"    {part}," for part in parts), f"){arrow}"])


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    is_after_star = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not is_after_star:
            is_after_star = True
            yield "*"
        said = parameter.name
        if parameter.annotation is not parameter.empty:
            said += f": {annotation(parameter.annotation)}"
        if parameter.default is not parameter.empty:
            said += f" = {_default(parameter.default)}"
        yield said


def _default(value: object) -> str:
    """Return a default as Python writes it."""
    if isinstance(value, str):
        return _quote(repr(value))
    said = repr(dict(value) if isinstance(value, Mapping) else value)
    return "..." if said.startswith("<") else _plain(said)


def signature_of(named: type) -> inspect.Signature:
    """Return how a class is called, with the defaults that a value makes for itself."""
    signature = inspect.signature(named)
    made = {
        field.alias: field.default.factory()
        for field in (attrs.fields(named) if attrs.has(named) else ())
        if getattr(field.default, "takes_self", True) is False
    }
    parameters = [
        each.replace(default=made.get(each.name)) if each.default is attrs.NOTHING else each
        for each in signature.parameters.values()
    ]
    return signature.replace(parameters=parameters, return_annotation=signature.empty)


def annotation(kind: object) -> str:
    """Return a type as a reader writes it: `datetime | None`."""
    return _plain(kind if isinstance(kind, str) else inspect.formatannotation(kind))


def _plain(said: str) -> str:
    return _quote(ast.unparse(_Plain().visit(ast.parse(said, mode="eval"))))


def _quote(said: str) -> str:
    return re.sub(r"'([^'\"\\]*)'", r'"\1"', said)


class _Plain(ast.NodeTransformer):
    """Names without their modules, and unions with bars."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Name(node.attr)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Return the type that a text in a type names."""
        return ast.parse(node.value, mode="eval").body if isinstance(node.value, str) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Return a generic type; the texts of a `Literal` stay as they are."""
        outer, inner = self.visit(node.value), node.slice
        if outer.id == "Literal":
            return ast.Subscript(outer, inner)
        kinds: list[ast.expr] = [self.visit(each) for each in getattr(inner, "elts", [inner])]
        if outer.id == "Optional":
            kinds.append(ast.Constant(None))
        if outer.id in ("Optional", "Union"):
            return reduce(lambda one, other: ast.BinOp(one, ast.BitOr(), other), kinds)
        return ast.Subscript(outer, ast.Tuple(kinds) if len(kinds) > 1 else kinds[0])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(None) if node.id == "NoneType" else node


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
