"""How fast segrules is, measured beside what it competes with: `python -m benchmarks`."""
