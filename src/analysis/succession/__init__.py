"""Who took over whose procedures between two cycles, and the rows of the one before put there."""
