"""Open data: what others compute with, as tables whose columns say what they are."""
