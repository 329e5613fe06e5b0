"""What the language means, as cases: a rule, a customer, an instant and the one right answer.

`load_cases` reads the cases that ship with the library, `run_cases` puts them to anything that
answers rules and reports where it disagrees, and `python -m segrules.conformance` does so for
segrules itself or, with `--ask package.module:function`, for a host's own adapter. The expected
answers come from the laws of the language, not from an evaluator; they carry the version of the
language, which moves whenever one of them does. This is a leaf: the core never imports it.
"""

from segrules.conformance.case import Answer, Case, load_cases
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
    "Report",
    "ask_compiled",
    "ask_reference",
    "load_cases",
    "run_cases",
]
