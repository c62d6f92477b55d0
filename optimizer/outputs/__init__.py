"""What a run leaves behind: tables, map and texts."""
