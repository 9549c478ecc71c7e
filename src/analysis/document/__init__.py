"""The document: blocks of texts and figures, and how they look as HTML and as PDF."""
