"""What passes between finance and the bank: the file of a run, and the bank's report of it. Pure."""
