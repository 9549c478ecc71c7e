"""Files as they come in: safe to open, read as sheets of plain texts."""
