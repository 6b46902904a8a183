"""Report to case."""
