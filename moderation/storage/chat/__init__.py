"""The send path's store: messages, what rooms and authors are known for, windows and streams."""
