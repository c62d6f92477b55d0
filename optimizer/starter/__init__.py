"""A working folder to begin with, the workbook in it, and its copy with problems marked."""
