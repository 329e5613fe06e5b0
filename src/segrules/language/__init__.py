"""Text and tree as written. This floor knows no schema and no customer.

`parse` turns text into syntax and refuses what is not the language; `format_rule` returns the
canonical text of a tree, and parsing that text gives the same tree again. `parse_derivation` reads
how an attribute derives from events, and `format_node` prints any part of a tree on one line. Any
text gives either a tree or a `RuleError`, whose `Diagnostic` has its `Span` in the `Source`.
"""
