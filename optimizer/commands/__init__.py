"""What each command does, called by the command line."""
