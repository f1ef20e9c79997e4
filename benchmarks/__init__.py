"""How fast procman is, beside what else does the same: `python -m benchmarks`."""
