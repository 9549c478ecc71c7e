"""Signing: who made a set, beside it and in copies of its PDFs."""
