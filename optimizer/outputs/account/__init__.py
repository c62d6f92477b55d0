"""What a run means to those it concerns, counted from the tables of its folder."""
