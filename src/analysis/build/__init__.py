"""Building: look at what stands, make what does not, put the whole set in place."""
