"""The mathematics that makes the problem small: options, chains, pooling, evaluation, search."""
