"""What stands before the letters of the demo: bank details, judgements, and approval of large awards."""

import datetime as dt
from io import BytesIO
from typing import Any

from accounts.models import Organisation, User
from accounts.states import Role
from awards import actions as awards
from awards.actions.approving import approve_large_award, propose_large_award
from awards.actions.banking import check_bank_details, enter_bank_details
from awards.before_letter import clean_answers
from awards.models import Award, BankDetails
from awards.readiness import lacks_large_approval
from awards.states import BankOutcome
from bids import actions as bids
from bids.match import is_stale
from bids.match_checks import codes
from bids.models import MatchSource
from bids.states import MatchState
from bids.tasks import scan_document
from infra.demo.evidence import statement
from infra.demo.people import People, person

FM, FO = Role.FUND_MANAGER, Role.FINANCE_OFFICER
HOUR = dt.timedelta(hours=1)
SORT_CODE = "99-00-01"  # of no bank


def verify(award: Award, people: People, at: dt.datetime) -> None:
    """Work off the match funding of an award at the desk: newer statements are asked for where they are too old."""
    for source in MatchSource.objects.filter(partner__bid=award.bid_id, state=MatchState.EVIDENCED).order_by("pk"):
        finance: dict[str, Any] = {"source": source, "by": people.finance, "role": FO}
        bids.take_case(at=at, **finance)
        if any(is_stale(source.kind, paper.dated_on, at.date()) for paper in source.documents.all() if paper.dated_on):
            bids.query_match(reason="The statement is too old by now. Please give the newest one.", at=at, **finance)
            _answer(source, at + HOUR)
        bids.verify_match(pounds=source.amount_pounds, checks=codes(source.kind), at=at + 2 * HOUR, **finance)


def _answer(source: MatchSource, at: dt.datetime) -> None:
    """Answer a query with a new statement, which is scanned at once."""
    partner, day = source.partner, at.date()
    file = BytesIO(statement(partner.organisation.name, source.amount_pounds, day, partner.bid.title))
    file.name = f"statement-{day.isoformat()}.pdf"
    bids.answer_department(
        source=source, text="Here is the statement of today.", file=file, dated_on=day,
        by=_somebody_of(partner.organisation, at), at=at,
    )  # fmt: skip
    scan_document(source.documents.latest("pk").pk)


def prepare(award: Award, people: People, at: dt.datetime) -> None:
    """Check accounts, judge every condition, and approve the award if it is large."""
    for part in award.partners.filter(grant_pounds__gt=0).select_related("organisation"):
        if not BankDetails.objects.filter(organisation=part.organisation).exists():
            _bank(part.organisation, people, at)
    for condition in award.conditions.filter(settled_at=None).exclude(kind="bank"):
        awards.settle_condition(
            condition=condition, rating="green", note="", answers=clean_answers(condition.kind), by=people.finance,
            role=FO, at=at + HOUR,
        )  # fmt: skip
    for condition in award.conditions.filter(settled_at=None, kind="bank"):
        awards.settle_condition(condition=condition, rating="green", note="", by=people.finance, role=FO, at=at + HOUR)
    if lacks_large_approval(award):
        reason = "The panel ranked the bid above the line, and its milestones tie each payment to a result."
        proposal = propose_large_award(award=award, reason=reason, by=people.managers[0], role=FM, at=at + 2 * HOUR)
        approve_large_award(award=award, seen=proposal.content_sha256, by=people.managers[1], role=FM, at=at + 3 * HOUR)


def _bank(organisation: Organisation, people: People, at: dt.datetime) -> None:
    by = _somebody_of(organisation, at)
    details = enter_bank_details(
        organisation=organisation, sort_code=SORT_CODE, number=f"{organisation.pk:08d}",
        holder="Fictional Account", by=by, at=at,
    )  # fmt: skip
    note = "Called back on the number in the company's register entry; the holder read out the last four digits."
    check_bank_details(
        details=details, outcome=BankOutcome.VERIFIED, note=note, by=people.finance, role=FO, at=at + HOUR
    )


def _somebody_of(organisation: Organisation, at: dt.datetime) -> User:
    """Return the first person who acts for an organisation; a partner that has nobody yet gets somebody."""
    acts = {"memberships__organisation": organisation, "memberships__role": Role.APPLICANT}
    found = User.objects.filter(memberships__ended_at=None, **acts).order_by("pk").first()
    email = f"finance.of.{organisation.pk}@example.org"
    return found or person(email, f"Finance of {organisation.name}"[:100], Role.APPLICANT, organisation, at)
