"""A working folder to begin with: the agency's workbook, a config that reads it, a readme."""

from optimizer.starter.folder import make

__all__ = ["make"]
