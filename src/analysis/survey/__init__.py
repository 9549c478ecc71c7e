"""From the departments' Excel answers to one tidy row per procedure that remembers its cells."""
