"""The reports: what each says, in sections that a notebook shows."""
