"""Take applicants' complaints within their window, and answer them."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from assessments import feedback as reads
from assessments import panel_rules, rules
from assessments.actions.locks import hold_bid
from assessments.models import Complaint
from assessments.states import ComplaintState
from audit.record import digest, record
from bids.models import Bid
from bids.queries import worked_on_by


@transaction.atomic
def complain(*, bid: Bid, text: str, by: User, at: dt.datetime) -> Complaint:
    """Complain about how a bid was handled; the responsible officer is told.

    Args:
        text: what went wrong, at most 500 words.

    Raises:
        Refused: not released, too late, not their bid, nothing said, or a complaint waits for its answer already.
    """
    text = panel_rules.text(text, panel_rules.COMPLAINT_WORDS, "The complaint")
    if not text:
        raise Refused("Say what went wrong.")
    bid = hold_bid(bid.pk)
    if not worked_on_by(by).filter(pk=bid.pk).exists():
        raise Refused("Only who works on the bid may complain about it.")
    panel_rules.must_be_in_window(reads.release_of(bid), at)
    if Complaint.objects.filter(bid=bid, state=ComplaintState.OPEN).exists():
        raise Refused("A complaint about this bid waits for its answer. Complain again after that, if you need to.")
    made = Complaint.objects.create(bid=bid, by=by, text=text, at=at)
    facts = {"complaint": made, "text_sha256": digest(text)}
    record("complaint.made", bid, by=by, role="applicant", at=at, changes=facts)
    officer = bid.competition.responsible_officer
    key, path = f"complaint/{made.pk}", f"/complaints/{made.pk}"
    tell("complaint_made", to=officer, key=key, at=at, path=path, bid=bid)
    tell("complaint_received", to=by, key=f"{key}/received", at=at, path=f"/bids/{bid.reference}/complaints", bid=bid)
    return made


@transaction.atomic
def answer_complaint(
    *, complaint: Complaint, answer: str, is_upheld: bool, by: User, role: str, at: dt.datetime
) -> Complaint:
    """Answer a complaint; the person who complained gets an e-mail. The answer stands.

    Args:
        answer: at most 800 words.

    Raises:
        Refused: not a fund manager, nothing said, or it was answered already.
    """
    rules.must_manage(role)
    answer = panel_rules.text(answer, panel_rules.ANSWER_WORDS, "The answer")
    if not answer:
        raise Refused("Write an answer.")
    held = Complaint.objects.select_for_update(no_key=True, of=("self",)).select_related("bid", "by")
    complaint = held.get(pk=complaint.pk)
    if complaint.state != ComplaintState.OPEN:
        raise Refused("This complaint was answered already.")
    complaint.reply(answer=answer, is_upheld=is_upheld, by=by, at=at)
    complaint.save(update_fields=["state", "answer", "is_upheld", "answered_by", "answered_at"])
    facts = {"complaint": complaint, "is_upheld": is_upheld, "answer_sha256": digest(answer)}
    record("complaint.answered", complaint.bid, by=by, role=role, at=at, changes=facts)
    path = f"/bids/{complaint.bid.reference}/complaints"
    key = f"complaint/{complaint.pk}/answered"
    tell("complaint_answered", to=complaint.by, key=key, at=at, path=path, bid=complaint.bid)
    return complaint
