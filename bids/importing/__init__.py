"""Bring in bids that were made elsewhere: each line is accepted, perhaps changed, or refused with a reason."""
