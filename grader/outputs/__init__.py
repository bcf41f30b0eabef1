"""A report as something to read: in the terminal, or as a JSON file."""
