"""Requests to servers: within a limit of time, so many attempts, and a sentence when all fail."""
