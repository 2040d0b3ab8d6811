"""Forms of the streams and of competitions."""
