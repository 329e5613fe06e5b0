"""Incremental upkeep of membership: customers, deadlines, and what a fact or the clock changes."""
