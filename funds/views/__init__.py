"""Pages of the streams and of the competitions."""
