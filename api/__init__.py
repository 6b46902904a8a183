"""The ways in: HTTP, the console, the command line."""
