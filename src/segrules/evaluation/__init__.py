"""Conditions and facts at an instant → a verdict. This floor reads no clock.

A `Customer` holds facts, made exact at the door. `compile_condition` turns what a rule means into
functions over a customer's history; `judge`, the reference, answers the same by looking at
everything, and is right where the two differ.
"""

from segrules.evaluation.customer import Customer
from segrules.evaluation.direct import Evaluator
from segrules.evaluation.evaluator import compile_condition
from segrules.evaluation.explanation import Explanation
from segrules.evaluation.facts import Event, FactError
from segrules.evaluation.reference import judge
from segrules.evaluation.verdict import Verdict

__all__ = [
    "Customer",
    "Evaluator",
    "Event",
    "Explanation",
    "FactError",
    "Verdict",
    "compile_condition",
    "judge",
]
