"""Who may come in, and the trail of what they did."""
