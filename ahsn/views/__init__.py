"""Pages of the networks' money."""
