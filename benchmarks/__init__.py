"""What the program takes in seconds, memory and gap: `python -m benchmarks.NAME`."""
