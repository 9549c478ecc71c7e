"""Proof of a build: what it was made from, whether it is as built, what differs between two."""
