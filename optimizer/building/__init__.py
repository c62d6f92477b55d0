"""From tables that were read to the arrays of the model, with its rules, prices and base year."""
