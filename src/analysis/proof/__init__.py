"""Proof: what a set was made from, and whether it still is what its making gives."""
