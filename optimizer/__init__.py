"""Finds the best network of service offices for a budget, and shows how it was found."""

__version__ = "0.1.0"
