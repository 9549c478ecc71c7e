"""Where a sheet's table stands, and what each of its rows is."""
