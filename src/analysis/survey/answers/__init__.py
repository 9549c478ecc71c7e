"""Each text becomes a value, a named kind of missing, or a problem; every step is told."""
