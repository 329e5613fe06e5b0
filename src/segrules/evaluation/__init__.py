"""Evaluation: a condition and facts at an instant → a verdict. This floor reads no clock.

`compile_condition` turns what a rule means into functions of a customer's history and an instant.
`compile_family` does so for all the tests on one source: a rule, an engine and a sweep over many
customers all ask it. `judge`, the reference, answers by looking at everything; where another
evaluator differs from it, the other is wrong.
"""
