"""Benchmarks: haflag beside the floor and its peers in one run, as ratios. `python -m tests.bench [--quick]`."""
