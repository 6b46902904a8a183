"""Buckets to trend reports."""
