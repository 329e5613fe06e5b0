"""Conditions and facts at an instant → a verdict. This floor reads no clock.

`compile_condition` turns what a rule means into functions over a customer's history; `judge`, the
reference, answers the same by looking at everything, and is right where the two differ.
"""
