"""Message to verdict."""
