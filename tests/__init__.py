"""Tests import what they share from here: `from tests.…`."""
