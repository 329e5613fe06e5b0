"""Text and tree as written. This floor knows no schema and no customer.

`parse` turns text into syntax and refuses what is not the language; `format_rule` prints the
canonical text of a tree, and parsing that text gives the same tree again.
"""
