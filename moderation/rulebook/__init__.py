"""The rule book: rules edited, tried, brought into force, followed by every process, guarded, and their figures."""
