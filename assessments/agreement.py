"""What people agree to who assess bids. Another text is another version; what was agreed to before stays on record."""

from accounts.rules import Refused
from audit.record import digest

VERSION = "1"
TEXT = (
    ("Judge each bid on what it says", "Use the whole scale, give a reason for every score, and score alone."),
    (
        "Keep bids to yourself",
        "Do not show, copy or discuss a bid with anybody, and do not put it into any service outside this portal. Use "
        "what you read for the assessment and for nothing else. Delete what you downloaded when you have handed in.",
    ),
    (
        "Say what ties you",
        "List your interests and those of your close family, declare once a year that the list is complete, and add "
        "what changes at once. Decline a bid when you know or suspect a tie to it, whether or not we found one.",
    ),
    (
        "Be in time",
        "Answer invitations within a few days, hand in by the date that the competition gives, and tell us early "
        "when you cannot.",
    ),
    (
        "What others see",
        "Applicants read your scores and reasons and never your name. Officials and auditors of the fund see both.",
    ),
    (
        "Your fee",
        "Each assessment that you hand in is paid at the fee in your profile, or at nothing where you or your employer "
        "waive it. What you did not hand in is not paid.",
    ),
    (
        "How it ends",
        "You may stop at any time, and so may we. Keeping bids to yourself goes on after that.",
    ),
)
SHA256 = digest([list(point) for point in TEXT])


def must_have_agreed(version: str | None) -> None:
    """Refuse who never agreed to any version, as one who was brought in by an import and not asked yet."""
    if version is None:
        raise Refused("Read on “What you agreed to” what assessors agree to, and agree first.")


def must_be_current(version: str | None) -> None:
    """Refuse who never agreed, or to an earlier version."""
    must_have_agreed(version)
    if version != VERSION:
        raise Refused("What assessors agree to has changed. Read it on “What you agreed to” and agree first.")
