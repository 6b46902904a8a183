"""Jobs: what happens outside a request. ``enqueue`` is the only way in."""
