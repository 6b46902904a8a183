"""Awareness articles and what came of them: registry, measurement, effect, planning."""
