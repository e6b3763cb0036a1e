"""What a job is given and leaves behind: rows, files, tables, provenance."""
