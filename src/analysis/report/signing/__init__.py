"""Who vouches for a set: a signature beside it, and signed copies of its PDFs to hand round."""
