"""Tree and vocabulary → conditions. This floor knows no customer and no clock.

A `Schema` says which words rules may use and what moves each of them; where it does not fit, its
`SchemaError` names every key. `check` turns a tree as written into conditions: names resolved,
sugar gone, negation only as `Not`, every window between two cuts; it raises one `RuleError` with
all that is wrong. `find_triggers` and `find_lookback` read from conditions what can change their
answer, and how far back they look.
"""
