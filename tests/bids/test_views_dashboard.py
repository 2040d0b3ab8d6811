"""Where signing in leads."""

import datetime as dt
import re
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Message, User
from accounts.states import Role
from bids import actions
from bids.actions.invitations import invite
from bids.actions.team import assign
from bids.models import Assignment, Bid, Invitation, Partner
from bids.overview import mine
from tests.cast import NOW, person
from tests.cast_bids import draft, evidence, lead_partner, submitted
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
QUERIES = 20


def shown(user: User, path: str = "/dashboard/") -> str:
    return unescape(signed_in(user).get(path).content.decode())


def titles(page: str) -> list[str]:
    return re.findall(r'app-row__title"><a[^>]*>([^<]*)<', page)


def drafts(competition, sme, applicant, count: int) -> None:
    """Write drafts without further ado."""
    strand = competition.strands.first()
    Bid.objects.bulk_create(
        Bid(reference=f"X{i:06}", competition=competition, strand=strand, lead=sme, created_by=applicant,
            created_at=NOW, title=f"Bid {i}", category="feasibility")
        for i in range(count)
    )  # fmt: skip


def test_signing_in_leads_here():
    assert settings.LOGIN_REDIRECT_URL == "dashboard"


def test_an_applicant_sees_their_bids_with_the_next_step_and_the_deadline(competition, sme, applicant):
    submitted(competition, sme, applicant, "A heart test")
    draft(competition, sme, applicant, "A lung test")
    page = shown(applicant)
    assert titles(page) == ["A lung test", "A heart test"]
    assert page.count("28 February 2027, 12:00:00 GMT") == 4  # each bid, what is next, the open competition
    assert "Finish it and submit it before the deadline." in page
    assert "You can still reopen it until the deadline." in page


def test_a_person_of_a_partner_sees_the_bid_too(bid, trust, trust_person, applicant):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert titles(shown(trust_person)) == [bid.title]


def test_nobody_else_sees_a_bid(bid, stranger, auditor, fund_manager):
    assert [titles(shown(user)) for user in (stranger, auditor, fund_manager)] == [[], [], []]


def test_an_official_sees_where_their_work_is(fund_manager):
    page = shown(fund_manager)
    assert "Manage competitions" in page
    assert "/apply" not in page


def test_a_newcomer_is_led_to_an_open_competition(competition):
    page = shown(User.objects.create_user("new@example.org", full_name="Nia New"))
    assert "You hold no role yet." in page
    assert 'href="/competitions/DHTC-T-1/apply"' in page


def test_an_applicant_without_bids_is_told_how_to_begin(applicant):
    assert "You have no bids yet." in shown(applicant)


def test_pages_follow_each_other_without_gap_or_repetition(competition, sme, applicant):
    drafts(competition, sme, applicant, 45)
    client, path, seen = signed_in(applicant), "/dashboard/", []
    while path:
        page = unescape(client.get(path).content.decode())
        seen += titles(page)
        onward = re.search(r'href="([^"]*)" rel="next"', page)
        path = f"/dashboard/{onward[1]}" if onward else ""
    assert seen == [f"Bid {i}" for i in reversed(range(45))]


@pytest.mark.parametrize("garbage", ["?after=x", "?before=-1", "?after=99999999999999999999", "?before=²"])
def test_an_address_that_makes_no_sense_is_answered(bid, applicant, garbage):
    assert signed_in(applicant).get(f"/dashboard/{garbage}").status_code == 200


def busy(competition, sme, applicant, count: int) -> None:
    """Give a person bids, sections, invitations, messages and queries, without further ado."""
    drafts(competition, sme, applicant, count)
    bids, slug = list(Bid.objects.order_by("pk")), competition.questions.first().slug
    parts = Partner.objects.bulk_create(
        Partner(bid=bid, organisation=sme, is_lead=True, size="small") for bid in bids
    )  # fmt: skip
    Assignment.objects.bulk_create(
        Assignment(bid=part.bid, section=section, user=applicant, by=applicant, at=NOW)
        for part in parts
        for section in (f"questions/{slug}", "details", "documents", f"partners/{part.pk}/costs")
    )
    Invitation.objects.bulk_create(
        Invitation(bid=bid, organisation=sme, email=applicant.email, role="editor", token_sha256=f"{bid.pk:064}",
                   invited_by=applicant, sent_at=NOW, expires_at=NOW + dt.timedelta(days=1))
        for bid in bids
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(to=applicant, address=applicant.email, template="t", subject=f"Message {bid.pk}", body="Words.",
                key=f"k{bid.pk}", queued_at=NOW)
        for bid in bids
    )  # fmt: skip


@pytest.mark.parametrize("count", [3, 300])
def test_the_page_takes_the_same_queries_however_much_there_is(competition, sme, applicant, count):
    busy(competition, sme, applicant, count)
    client = signed_in(applicant)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/dashboard/").content.decode()
    assert len(queries) == QUERIES
    assert "All messages" in page
    assert mine(applicant).count() == count


def listed(page: str, title: str) -> str:
    """Return the part of the page under a heading."""
    return page.split(f">{title}</h2>")[1].split("<h2")[0]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("q=lung", ["A lung test"]),
        ("q=LUNG+test", ["A lung test"]),
        ("q=Test+round", ["A lung test", "A heart test"]),
        ("q=nothing", []),
        ("state=submitted", ["A heart test"]),
        ("state=draft&q=heart", []),
        ("competition=DHTC-T-1", ["A lung test", "A heart test"]),
        ("role=lead", ["A lung test", "A heart test"]),
        ("role=viewer", []),
        ("q=%27%3B--", []),
        ("q=" + "x" * 5000, ["A lung test", "A heart test"]),
        ("role=owner&state=x&competition=y", ["A lung test", "A heart test"]),
    ],
)
def test_bids_are_found_by_words_state_competition_and_role(competition, sme, applicant, asked, expected):
    submitted(competition, sme, applicant, "A heart test")
    draft(competition, sme, applicant, "A lung test")
    assert titles(shown(applicant, f"/dashboard/?{asked}")) == expected


def test_a_colleague_who_is_not_named_is_found_as_an_editor(bid, sme):
    ben = person(Role.APPLICANT, sme, "Ben Colleague")
    found = [titles(shown(ben, f"/dashboard/?role={role}")) for role in ("editor", "lead")]
    assert found == [[bid.title], []]


def test_that_a_bid_is_ineligible_shows_in_no_filter_before_its_applicants_are_told(
    submitted_bid, applicant, fund_manager
):
    actions.find_ineligible(bid=submitted_bid, reason="Out of scope.", by=fund_manager, role="fund_manager", at=NOW)
    found = [titles(shown(applicant, f"/dashboard/?state={state}")) for state in ("submitted", "ineligible")]
    assert found == [[submitted_bid.title], []]


def test_sections_assigned_to_one_wait_until_they_are_complete(bid, applicant):
    question = bid.competition.questions.first()
    assign(bid=bid, section=f"questions/{question.slug}", person=applicant, by=applicant, at=NOW)
    assign(bid=bid, section=f"partners/{lead_partner(bid).pk}/costs", person=applicant, by=applicant, at=NOW)
    assert "Project summary" in listed(shown(applicant), "Tasks for you")
    actions.save_answer(bid=bid, question=question, text="Done.", version=0, by=applicant, at=NOW, is_complete=True)
    tasks = listed(shown(applicant), "Tasks for you")
    assert "Project summary" not in tasks
    assert "Costs of Breathe Example Ltd" in tasks


def test_an_invitation_waits_on_the_dashboard_of_its_address(bid, applicant):
    nia = User.objects.create_user("nia@example.org", full_name="Nia New")
    invite(bid=bid, organisation=bid.lead, email=nia.email, role="viewer", by=applicant, at=NOW)
    assert "Answer the invitation to work on a bid" in shown(nia)
    assert "Answer the invitation" not in shown(applicant)


def test_a_query_about_match_funding_waits_for_its_people(submitted_bid, applicant, finance_officer, store):
    source = lead_partner(submitted_bid).match_sources.get()
    evidence(source, applicant)
    actions.query_match(source=source, reason="Whose account?", by=finance_officer, role="finance_officer", at=NOW)
    assert "Answer the query about the match funding of Breathe Example Ltd" in shown(applicant)


def test_the_next_deadline_comes_first_with_the_time_that_is_left(bid, applicant):
    assert "Submit in 26 days" in listed(shown(applicant), "Deadlines")


def test_a_bid_that_is_submitted_has_no_deadline_to_meet(submitted_bid, applicant):
    assert ">Deadlines</h2>" not in shown(applicant)


def test_what_people_typed_never_becomes_markup(bid, applicant):
    actions.save_basics(bid=bid, title="<script>alert(1)</script>", by=applicant, at=NOW)
    assert b"<script>alert" not in signed_in(applicant).get("/dashboard/?q=<script>alert").content
