"""Sweeps: many questions to the planner as one, solved side by side and kept in one table."""
