"""Buckets to trend reports: how much of what harm, and is it more than before."""
