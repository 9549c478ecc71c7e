"""Reports in another language: the catalogue of sentences and words, and what finds them in it."""
