"""audit.xlsx: every figure with a formula that recounts it from sheets of rows."""
