"""Reports: figures become what people read."""
