"""Every claim of speed or quality as a command: `python -m benchmarks.NAME` prints a table."""
