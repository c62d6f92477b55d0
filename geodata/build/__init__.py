"""Scripts that derive the built-in tables, byte for byte."""
