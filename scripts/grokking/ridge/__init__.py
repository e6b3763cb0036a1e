"""Ridge regression over fixed features, in closed form."""
