"""Location problems of the textbooks: a matrix, sites, and one measure; solved exactly."""
