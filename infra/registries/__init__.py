"""Public registers of organisations, asked over HTTP: one port each. Blank settings mean that one is not connected."""
