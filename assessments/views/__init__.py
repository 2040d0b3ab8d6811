"""Pages of assessors (scoring), and of the officials who run a competition (competitions, decision, bids)."""
