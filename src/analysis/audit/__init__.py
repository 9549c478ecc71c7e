"""The audit workbook: every figure recounted by live formulas, from rows with their cells."""
