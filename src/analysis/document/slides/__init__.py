"""How slides look: as a PDF by Typst, and as a presentation by python-pptx."""
