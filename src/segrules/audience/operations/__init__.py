"""Acts on an engine other than telling it facts: edit, merge, forget, backfill, preview."""
