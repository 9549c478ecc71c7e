"""Figures: rows become numbers that know their evidence."""
