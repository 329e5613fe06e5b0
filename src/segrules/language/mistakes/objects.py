"""Hints about lists of objects, as a table.

INVARIANT: these are asked before all other hints, so each answers only where `has` of a list, or
one object in a list, is meant.
"""

from segrules.language.mistakes.hint import NUMBER, QUOTED, Fields, Hint

_NAME = r"[^\W\d][\w.]*\b"
_LIST = rf"(?<!of\s)(?<![\w.`'])(?!events?\b){_NAME}"
_HAS = rf"{_LIST}\s+(?P<no>(?:not\s+)?)has\s+"


def _any_help(fields: Fields) -> str:
    name, negated = fields["it"], fields["which"].lower() == "no"
    listed = f"NOT ({name} has …)" if negated else f"{name} has …"
    return (
        f"write `{fields['which']} event of type '{name}' has …`; "
        f"of a list of objects, write `{listed}`"
    )


_EVERY = "that every object in a list passes is written `NOT ({name} has NOT (…))`"

# fmt: off
OBJECTS: tuple[Hint, ...] = (
    Hint("unknown-operator", "`has` is followed by a condition, and `{it}` is a value",
         "write `{no}contains {it}`",
         kinds="TEXT NUMBER", expected="NAME LPAR", before=_HAS,
         at=rf"(?:{QUOTED}|{NUMBER})",
         example="tags has 'vip'"),
    Hint("unknown-operator", "`has` is followed by a condition, and `{it}` begins a list",
         "write `{no}contains {it} (…)`",
         kinds="ANY ALL", expected="NAME LPAR", before=_HAS, at=r"\w+(?=\s*\()",
         example="tags has any ('vip', 'b2b')"),
    Hint("syntax", "`{it}` alone is not a condition",
         "write `has {it} = …`; of tags, write `{no}contains '{it}'`",
         kinds="AND OR RPAR $END", expected="IS", at="", before=rf"{_HAS}(?P<it>{_NAME}\s*)",
         example="line_items has sku"),
    Hint("syntax", "expected `event`, found `{it}`", _any_help,
         kinds="NAME", expected="EVENT", before=r"\b(?P<which>any|no)\s+", at=r"\w+(?=\s+has\b)",
         example="any line_items has sku = 'A-1'"),
    Hint("syntax", "`{word}` does not begin a condition", _EVERY,
         kinds="ALL", expected="NOT NAME", at=rf"all(?=\s+(?P<name>{_NAME})\s+has\b)",
         example="all line_items has quantity > 1"),
    Hint("syntax", "`every` does not begin a condition", _EVERY,
         kinds="NAME", expected="IS", before=r"\b(?P<it>every\s+)",
         at=rf"(?=(?P<name>{_NAME})\s+has\b)",
         example="every line_items has quantity > 1"),
    Hint("wrong-bracket", "`{it}` does not pick an object from a list",
         "ask whether any object passes: `{name} has …`",
         kinds="?", expected="IS", before=rf"(?<![\w.`'])(?P<name>{_NAME})",
         at=r"\[[^\]\r\n]*\](?:\.\w+)*",
         example="line_items[0].sku = 'A-1'"),
)
# fmt: on
