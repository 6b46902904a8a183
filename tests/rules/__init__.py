"""Tests of rules, and the wrong hits on benign text that we know and accept, by rule id."""

KNOWN_FALSE_POSITIVES: dict[str, tuple[str, ...]] = {}
