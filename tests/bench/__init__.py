"""Benchmarks: figures of the issues, measured side by side with a plain baseline."""
