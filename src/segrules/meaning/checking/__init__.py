"""From a tree as written to conditions: names looked up, types compared, windows cut."""
