"""The command line `ibasho`."""
