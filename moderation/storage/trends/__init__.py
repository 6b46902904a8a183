"""The trends' store: buckets and day rows, campaigns and kits, and the texts that themes are read from."""
