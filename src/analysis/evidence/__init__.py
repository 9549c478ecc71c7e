"""Evidence: what follows a number into a page and a PDF, and from what both were made."""
