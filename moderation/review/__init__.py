"""Case to decision."""
