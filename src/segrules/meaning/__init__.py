"""The meaning of rules: from a tree as written and a vocabulary to conditions.

This floor knows no customer and no clock. A `Schema` says which words rules may use and what
changes each of them; its `SchemaError` names every key that does not fit. `check` turns a tree as
written into conditions: names resolved, sugar gone, negation only as `Not`, every window between
two cuts. It raises one `RuleError` with everything that is wrong. `find_triggers` and
`find_lookback` read from conditions what can change their answer, and how far back they look.
"""
