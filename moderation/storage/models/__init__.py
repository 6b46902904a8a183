"""Registered classifiers, their files, and how their scores drift."""
