"""Text and tree as written. This floor knows no schema and no customer.

`parse` turns text into syntax and refuses what is not the language; `format_rule` prints the
canonical text of a tree, and parsing that text gives the same tree again. `parse_derivation` reads
how an attribute derives from events, and `format_node` prints any part of a tree on one line.
Whatever the text, only a `RuleError` comes of it, with every `Diagnostic` and its `Span` in the
`Source`.
"""
