"""Newer open data than the built-in tables, read when the user asks; nothing else needs them."""
