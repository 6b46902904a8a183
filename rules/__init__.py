"""YAML rules over named views of a text. Knows nothing of the rest of the project."""
