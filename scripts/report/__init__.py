"""Pages to read, from the tables alone."""
