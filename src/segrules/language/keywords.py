"""The words that the language keeps for itself."""

# fmt: off
RESERVED = frozenset(
    {
        "after", "ago", "all", "and", "any", "avg", "before", "between", "cohort", "contains",
        "count", "distinct", "ends", "event", "events", "false", "first", "has", "in", "is",
        "last", "max", "min", "month", "next", "no", "not", "of", "on", "or", "quarter",
        "segment", "set", "since", "starts", "sum", "that", "this", "today", "true", "type",
        "week", "with", "within", "year", "yesterday",
    }
)
# fmt: on
"""The keywords, in lower case. A name that is one of them is written in backticks."""
