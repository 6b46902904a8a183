"""Everything that keeps state: SQL and Redis live here and nowhere else."""
