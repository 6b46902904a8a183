"""The review desk's store: cases, who works on them, what was decided, and what followed."""
