"""Kernels that start warm: forked from one process that has imported what notebooks import."""
