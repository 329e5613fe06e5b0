"""Conformance cases, which pin what the language means. A leaf: the core never imports it.

A case is a rule, a customer, an instant and the one right answer. `load_cases` returns the cases
that ship with the library, and `run_cases` puts them to any function that answers rules.
`python -m segrules.conformance` does so for segrules itself or, with `--ask module:function`, for a
host's own adapter.

INVARIANT: expected answers come from the laws of the language, not from an evaluator. The version
of the language moves whenever one of them does.
"""

from segrules.conformance.case import Answer, Case, Refusal, load_cases
from segrules.conformance.runner import (
    Disagreement,
    Report,
    ask_compiled,
    ask_reference,
    run_cases,
)

__all__ = [
    "Answer",
    "Case",
    "Disagreement",
    "Refusal",
    "Report",
    "ask_compiled",
    "ask_reference",
    "load_cases",
    "run_cases",
]
