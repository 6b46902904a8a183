"""Conditions: what a rule may ask of a message. One small model each, told apart by its key."""
