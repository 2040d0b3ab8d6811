"""Every list of the bidding half of the portal asks the database as often for 300 rows as for 3."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import EuroRate, Message, User
from assessments.models import (
    Assessor,
    Block,
    Discussion,
    Interest,
    Interview,
    Interviewer,
    InterviewSheet,
    InterviewSlot,
    PanelItem,
    Remark,
)
from assessments.models import Invitation as InvitationToAssess
from bids.models import Assignment, Document, Invitation, MatchSource, Partner
from funds.models import Enquiry, PastAward, PublishedAnswer, SubsidyRegime, SupportingFile
from tests.asking import queries_of
from tests.cast import NOW, organisation
from tests.cast_assessments import submitted_bid
from tests.cast_bids import draft, lead_partner
from tests.many import many_bids, many_drafts
from tests.pages.many_networks import networks, report_lines, years

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Get = Callable[[str], Any]
FEW, MANY = 3, 300


def stored(n: int, by: Any) -> dict[str, Any]:
    """Return what a row about a clean file holds."""
    facts = {"content_type": "application/pdf", "bytes": 9, "uploaded_by": by, "uploaded_at": NOW}
    return facts | {"filename": f"{n}.pdf", "key": f"{n}", "sha256": f"{n:064}"}


def messages(get: Get, numbers: range) -> None:
    to = get("applicant")
    Message.objects.bulk_create(
        Message(to=to, address=to.email, template="t", subject="S", body="B", key=f"n{n}", queued_at=NOW)
        for n in numbers
    )


def enquiries(get: Get, numbers: range) -> None:
    facts = {"competition": get("competition"), "asked_by": get("applicant"), "asked_at": NOW}
    Enquiry.objects.bulk_create(Enquiry(text=f"Question {n}?", **facts) for n in numbers)


def answers(get: Get, numbers: range) -> None:
    facts = {"competition": get("competition"), "by": get("fund_manager"), "at": NOW, "published_at": NOW}
    PublishedAnswer.objects.bulk_create(PublishedAnswer(number=n, question="Q?", answer="A.", **facts) for n in numbers)


def files(get: Get, numbers: range) -> None:
    facts = {"competition": get("competition")}
    SupportingFile.objects.bulk_create(
        SupportingFile(title=f"File {n}", position=n, **facts, **stored(n, get("fund_manager"))) for n in numbers
    )


def documents(get: Get, numbers: range) -> None:
    facts = {"bid": get("written_bid"), "kind": "other"}
    Document.objects.bulk_create(Document(**facts, **stored(n, get("applicant"))) for n in numbers)


def invited(get: Get, numbers: range) -> None:
    bid = get("written_bid")
    facts = {"bid": bid, "organisation": bid.lead, "role": "editor", "invited_by": bid.created_by, "sent_at": NOW}
    Invitation.objects.bulk_create(
        Invitation(email=f"n{n}@example.org", token_sha256=f"{n:064}", expires_at=NOW + dt.timedelta(1), **facts)
        for n in numbers
    )


def partners(get: Get, numbers: range) -> None:
    bid = get("written_bid")
    Partner.objects.bulk_create(Partner(bid=bid, organisation=organisation(), size="small") for _ in numbers)


def submitted(get: Get, numbers: range) -> None:
    many_bids(get("competition"), len(numbers))


def begun(get: Get, numbers: range) -> None:
    by = get("applicant")
    first = draft(get("competition"), get("sme"), by)
    facts = {"section": "details", "user": by, "by": by, "at": NOW}
    bids = [first, *many_drafts(first, len(numbers) - 1)]
    Assignment.objects.bulk_create(Assignment(bid=bid, **facts) for bid in bids)


def past_awards(get: Get, numbers: range) -> None:
    get("competition")  # and with it its regime
    SubsidyRegime.objects.update(aid_limit=315_000, aid_currency="GBP")
    EuroRate.objects.get_or_create(on=dt.date(2026, 12, 31), pounds_per_euro=1, source="Fictional")
    facts = {
        "funder": "Innovate UK", "funder_as_published": "Innovate UK", "company_number": get("sme").company_number,
        "name": "Breathe", "name_key": "breathe", "low": 5, "granted_on": dt.date(2026, 6, 1), "imported_at": NOW,
    }  # fmt: skip
    PastAward.objects.bulk_create(PastAward(line_sha256=f"{n:064}", **facts) for n in numbers)


def assessors(get: Get, numbers: range) -> list[Assessor]:
    people = User.objects.bulk_create(User(email=f"a{n}@example.org", full_name=f"Assessor {n}") for n in numbers)
    network = get("network")
    return Assessor.objects.bulk_create(Assessor(user=user, network=network, types=["lay"]) for user in people)


def to_assess(get: Get, numbers: range) -> None:
    facts = {"network": get("network"), "invited_by": get("fund_manager"), "sent_at": NOW}
    InvitationToAssess.objects.bulk_create(
        InvitationToAssess(
            email=f"n{n}@example.org", token_sha256=f"{n:064}", expires_at=NOW + dt.timedelta(1), **facts
        )
        for n in numbers
    )


def blocks(get: Get, numbers: range) -> None:
    bid = get("competition").bids.first() or submitted_bid(get("competition"))
    Block.objects.bulk_create(
        Block(bid=bid, assessor=who, because="Employer", found_at=NOW) for who in assessors(get, numbers)
    )


def given_sources(get: Get, numbers: range) -> None:
    partner = get("shown_source").partner
    facts = {"kind": "own_reserves", "secured_on": NOW.date(), "available_on": NOW.date(), "amount_pounds": 5}
    MatchSource.objects.bulk_create(MatchSource(partner=partner, funder=f"Funder {n}", **facts) for n in numbers)
    MatchSource.objects.filter(state="declared").update(state="evidenced", waiting_since=NOW)


def interviews(get: Get, numbers: range) -> None:
    plan = get("shown_interview").plan
    facts = {"plan": plan, "starts_at": NOW, "place": "Room 1"}
    slots = InterviewSlot.objects.bulk_create(InterviewSlot(**facts) for _ in numbers)
    bids = many_bids(plan.competition, len(numbers))
    Interview.objects.bulk_create(
        Interview(plan=plan, bid=bid, slot=slot, invited_at=NOW) for bid, slot in zip(bids, slots, strict=True)
    )


def interviewers(get: Get, numbers: range) -> None:
    interview = get("shown_interview")
    facts = {"interview": interview, "declared_at": NOW}
    panel = [Interviewer(plan=interview.plan, assessor=who) for who in assessors(get, numbers)]
    InterviewSheet.objects.bulk_create(
        InterviewSheet(interviewer=one, **facts) for one in Interviewer.objects.bulk_create(panel)
    )


def remarks(get: Get, numbers: range) -> None:
    by = get("fund_manager")
    discussion = Discussion.objects.get(bid=get("shown_talk").bid)
    Remark.objects.bulk_create(Remark(discussion=discussion, by=by, text=f"Remark {n}", at=NOW) for n in numbers)


def interests(get: Get, numbers: range) -> None:
    facts = {"assessor": get("asa"), "kind": "employer", "declared_at": NOW}
    Interest.objects.bulk_create(Interest(organisation_name=f"Firm {n}", **facts) for n in numbers)


def of_interview(get: Get) -> list[Any]:
    return [(one := get("shown_interview")).plan.competition.reference, one.bid.reference]


def of_talk(get: Get) -> list[Any]:
    return [(seat := get("shown_talk")).bid.competition.reference, seat.bid.reference]


def agenda(get: Get, numbers: range) -> None:
    meeting = get("shown_meeting")
    facts = {"meeting": meeting, "grant_pounds": 9, "is_above_line": False, "suggested": "unsuccessful"}
    bids = many_bids(meeting.competition, len(numbers))
    PanelItem.objects.bulk_create(PanelItem(bid=bid, rank=n, **facts) for n, bid in zip(numbers, bids, strict=True))


def of_meeting(get: Get) -> list[Any]:
    return [get("shown_meeting").pk]


def of(name: str) -> Callable[[Get], list[Any]]:
    return lambda get: [get(name).reference]


def none(get: Get) -> list[Any]:
    return []


def of_part(get: Get) -> list[Any]:
    return [get("written_bid").reference, lead_partner(get("written_bid")).pk]


LISTS = [
    ("match_queue", "auditor", none, given_sources),
    ("messages", "applicant", none, messages),
    ("mail_log", "auditor", none, messages),
    ("mail_log_csv", "auditor", none, messages),
    ("my_enquiries", "applicant", none, enquiries),
    ("enquiries", "fund_manager", none, enquiries),
    ("competition_answers", "applicant", of("competition"), answers),
    ("competition", "applicant", of("competition"), answers),
    ("competition", "applicant", of("competition"), files),
    ("competition_files", "fund_manager", of("competition"), files),
    ("bid_documents", "applicant", of("written_bid"), documents),
    ("bid_check", "applicant", of("written_bid"), documents),
    ("bid_team", "applicant", of("written_bid"), invited),
    ("bid_partners", "applicant", of("written_bid"), partners),
    ("bid_match_project", "applicant", of("written_bid"), partners),
    ("bid", "applicant", of("written_bid"), partners),
    ("bid_check", "applicant", of("written_bid"), partners),
    ("bids", "auditor", none, submitted),
    ("competition_bids", "auditor", of("competition"), submitted),
    ("competition_progress", "auditor", of("competition"), submitted),
    ("bids_csv", "auditor", lambda get: [get("competition").reference, "costs"], submitted),
    ("dashboard", "applicant", none, begun),
    ("bid_copy", "applicant", of("written_bid"), begun),
    ("bid_aid", "applicant", of_part, past_awards),
    ("assessors", "auditor", none, assessors),
    ("assessors_csv", "auditor", none, assessors),
    ("assessor_invitations", "fund_manager", none, to_assess),
    ("competition_conflicts", "auditor", of("competition"), blocks),
    ("interviews", "auditor", of("competition"), interviews),
    ("interviewing", "asa", none, interviews),
    ("interview", "auditor", of_interview, interviewers),
    ("bid_discussion", "auditor", of_talk, remarks),
    ("assessment_discussion", "asa", lambda get: [get("shown_talk").pk], remarks),
    ("interests", "asa", none, interests),
    ("competition_ranked", "auditor", of("competition"), submitted),
    ("competition_ranking", "auditor", of("competition"), submitted),
    ("competition_lines", "auditor", of("competition"), submitted),
    ("competition_board", "auditor", of("competition"), submitted),
    ("seats", "auditor", of("competition"), submitted),
    ("panel_meeting", "auditor", of_meeting, agenda),
    ("panel_minutes", "auditor", of_meeting, agenda),
    ("networks", "auditor", none, networks),
    ("network_instalments", "auditor", none, networks),
    ("network_instalments_csv", "auditor", none, networks),
    ("network_releases", "auditor", none, years),
    ("my_allocation", "lead", none, years),
    ("bank_report", "auditor", lambda get: [get("shown_bank_report").pk], report_lines),
]


@pytest.mark.parametrize(("name", "role", "keys", "more"), LISTS, ids=[f"{n} of {m.__name__}" for n, _, _, m in LISTS])
def test_a_list_asks_as_often_for_many_rows_as_for_few(name, role, keys, more, request):
    get, asked = request.getfixturevalue, []
    for numbers in (range(1, FEW + 1), range(FEW + 1, MANY + 1)):
        more(get, numbers)
        asked.append(queries_of(getattr(get(role), "user", get(role)), name, *keys(get)))
    assert asked[0] == asked[1]
