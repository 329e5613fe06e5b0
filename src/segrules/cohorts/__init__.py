"""Cohorts: the customers a rule selected at an instant, as values that never change."""
