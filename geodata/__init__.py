"""What the built-in data say about the country; nothing in here knows of optimisation."""
