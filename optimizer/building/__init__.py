"""From tables that were read to the arrays of the model: rules, prices, services, base year."""
