"""A module for each gate, or for a few that need the same store: `measure(scale)` gives rows."""
