"""What must stand before an award letter: checklists, judgements, approval of large awards, ineligible costs. Pure."""

APPROVED_ABOVE_PENCE = 10_000_000  # Grant Standards of December 2016: approval on the record above £100,000
