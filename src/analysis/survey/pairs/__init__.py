"""Which procedure of the previous cycle each one is."""
