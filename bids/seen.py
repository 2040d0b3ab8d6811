"""The forms of a bid that two people may have open at once, by the fields that they compare (see `funds.seen`)."""

DETAILS = ("title", "category", "clinical_area", "start_on", "months")
FUNDING = ("percent", "other_public_pounds")
