"""A survey begun from a list that an office already has: read, understood, written, and told."""
