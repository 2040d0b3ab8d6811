"""States of a network's returns and of the payments that they release."""

from django.db.models import TextChoices

CLOSING = 13  # number of the return after the last instalment; a year has at most twelve


class ReturnState(TextChoices):
    """draft → submitted → accepted; submitted → sent_back → submitted."""

    DRAFT = "draft", "Being written"
    SUBMITTED = "submitted", "Waits for a decision"
    SENT_BACK = "sent_back", "Sent back"
    ACCEPTED = "accepted", "Accepted"


RETURN_OPEN = (ReturnState.DRAFT, ReturnState.SENT_BACK)
RETURN_EDGES = (
    (ReturnState.DRAFT, ReturnState.SUBMITTED),
    (ReturnState.SUBMITTED, ReturnState.SENT_BACK),
    (ReturnState.SENT_BACK, ReturnState.SUBMITTED),
    (ReturnState.SUBMITTED, ReturnState.ACCEPTED),
)


class ReleaseState(TextChoices):
    """proposed → instructed → paid; either of the last two → returned; proposed → cancelled."""

    PROPOSED = "proposed", "Put forward"
    INSTRUCTED = "instructed", "Instructed"
    PAID = "paid", "Paid"
    RETURNED = "returned", "Returned by the bank"
    CANCELLED = "cancelled", "Cancelled"


RELEASE_LIVE = (ReleaseState.PROPOSED, ReleaseState.INSTRUCTED, ReleaseState.PAID)
RELEASE_OUT = (ReleaseState.INSTRUCTED, ReleaseState.PAID, ReleaseState.RETURNED)
RELEASE_EDGES = (
    (ReleaseState.PROPOSED, ReleaseState.INSTRUCTED),
    (ReleaseState.PROPOSED, ReleaseState.CANCELLED),
    (ReleaseState.INSTRUCTED, ReleaseState.PAID),
    (ReleaseState.INSTRUCTED, ReleaseState.RETURNED),
    (ReleaseState.PAID, ReleaseState.RETURNED),
)


class Standing(TextChoices):
    """Where an instalment stands, in the order in which it goes."""

    LATER = "later", "Not due yet"
    DUE = "due", "Return due"
    OVERDUE = "overdue", "Return overdue"
    SENT_BACK = "sent_back", "Return sent back"
    SUBMITTED = "submitted", "Return signed"
    READY = "ready", "Ready to release"
    PROPOSED = "proposed", "Release put forward"
    INSTRUCTED = "instructed", "Instructed"
    PAID = "paid", "Paid"
    COMPLETE = "complete", "Year complete"
