"""Making: where a build's jobs run, how far it has come, and many surveys at once."""
