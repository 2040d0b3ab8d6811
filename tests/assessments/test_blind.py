"""A blind competition: no name of who bids, at any address that an assessor may open, in any file or e-mail."""

import io

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Directors, Message
from accounts.rules import Refused
from assessments import actions, blind
from assessments.actions.discussions import close_discussion, open_discussion
from assessments.blind import WITHHELD, shield
from assessments.models import Interest
from bids import actions as bids
from bids.models import Bid, Document
from infra.plain_pdf import without_makers
from tests.cast import NOW
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessed, assessor, write
from tests.cast_bids import ready
from tests.object_store import store, store_of_the_session  # noqa: F401 - fixtures
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("call_terms", [{"is_blind": True}])]
TEXT = "Breathe  example Limited, led by Dr Ada Applicant (ada.applicant@breathe-example.com), has wide experience."
NAMES = ("breathe example", "ada applicant", "applicant,", "breathe-example")


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


def made_by(name: str) -> io.BytesIO:
    """Return a PDF whose metadata say who wrote it."""
    written = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = name
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [name]
        pdf.save(written)
    written.seek(0)
    return written


@pytest.fixture
def bid(competition, sme, applicant, store) -> Bid:  # noqa: F811
    """A bid that says its names wherever it can."""
    applicant.email = "ada.applicant@breathe-example.com"
    applicant.save()
    bid = ready(competition, sme, applicant, title="Breathe Example: a breath test")
    question = competition.questions.get(slug="question-1")
    answer = bid.answers.get(question=question)
    facts = {"by": applicant, "at": NOW}
    bids.save_answer(bid=bid, question=question, text=TEXT, version=answer.version, is_complete=True, **facts)
    document = bids.attach_document(
        bid=bid, file=made_by("Ada Applicant"), filename="Breathe Example Ltd.pdf", kind="appendix",
        **facts,
    )  # fmt: skip
    bids.record_scan(document=document, clean=True, at=NOW)
    bids.submit(bid=bid, first_contact=NOW, key="press", **facts)
    return Bid.objects.get(pk=bid.pk)


@pytest.fixture
def invitation(bid, assessment, fund_manager):
    return actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)


@pytest.fixture
def seat(invitation):
    return actions.accept(seat=invitation, by=invitation.assessor.user, at=CLOSED)


def named_in(text: str) -> list[str]:
    """Return the names that a text gives away."""
    plain = " ".join(text.casefold().split())
    return [name for name in NAMES if name in plain]


def addresses(seat) -> list[str]:
    """Return every address that the assessor of a seat may open."""
    names = ("assessment", "assessment_overall", "assessment_check")
    found = [reverse("assessments"), *(reverse(name, args=[seat.pk]) for name in names)]
    return [*found, *(reverse("assessment_question", args=[seat.pk, f"question-{n}"]) for n in (1, 2))]


def test_no_page_of_an_assessor_names_who_bids(seat):
    client = signed_in(seat.assessor.user)
    pages = {address: client.get(address) for address in addresses(seat)}
    assert {page.status_code for page in pages.values()} == {200}
    assert {address: found for address, page in pages.items() if (found := named_in(page.content.decode()))} == {}


def test_the_invitation_names_nobody(invitation):
    client = signed_in(invitation.assessor.user)
    for address in (reverse("assessments"), reverse("assessment", args=[invitation.pk])):
        assert named_in(client.get(address).content.decode()) == []


def test_the_rest_of_an_answer_stays(seat):
    shown = signed_in(seat.assessor.user).get(reverse("assessment", args=[seat.pk])).content.decode()
    assert f"{WITHHELD} Limited, led by Dr {WITHHELD} ({WITHHELD}), has wide experience." in shown


def test_the_pdf_names_nobody_in_it_or_about_it(seat):
    answer = signed_in(seat.assessor.user).get(reverse("assessment_paper", args=[seat.pk]))
    assert named_in(answer.headers["Content-Disposition"]) == []
    with pikepdf.open(io.BytesIO(answer.content)) as pdf, pdf.open_metadata() as metadata:
        about = " ".join([*map(str, dict(pdf.docinfo).values()), *map(str, dict(metadata).values())])
    assert (named_in(about), "Author" in about) == ([], False)


def test_an_appendix_comes_under_a_neutral_name_and_without_its_author(seat):
    key = Document.objects.get().pk
    answer = signed_in(seat.assessor.user).get(reverse("assessment_document", args=[seat.pk, key]))
    assert (answer.status_code, named_in(answer.headers["Content-Disposition"])) == (200, [])
    assert b"Ada Applicant" not in answer.content


def test_directors_are_withheld_too(seat, sme):
    people = [{"name": "Dora Director", "born": "1970-05"}]
    Directors.objects.create(company_number=sme.company_number, people=people, asked_at=CLOSED)
    read = blind.shield_of(seat.bid).text("Dora Director leads, Ms Director says.")
    assert read == f"{WITHHELD} leads, Ms {WITHHELD} says."


def test_no_e_mail_to_an_assessor_names_who_bids(seat, fund_manager):
    told = Message.objects.filter(to=seat.assessor.user)
    assert [named_in(message.subject + message.body) for message in told if named_in(message.body)] == []


def test_a_blocked_pair_never_sees_the_bid(bid, assessment, fund_manager):
    who = assessor()
    facts = {"organisation_name": "Breathe Example Ltd", "company_number": "", "kind": "shareholding"}
    actions.declare_interest(assessor=who, by=who.user, at=CLOSED, **facts)
    with pytest.raises(Exception, match="conflict of interest"):
        actions.invite(bid=bid, assessor=who, by=fund_manager, **STAFF)


def test_a_conflict_found_when_accepting_says_nothing_of_whom(invitation, sme):
    Interest.objects.create(
        assessor=invitation.assessor, kind="employer", organisation_name=sme.name, declared_at=CLOSED
    )
    with pytest.raises(Refused) as refusal:
        actions.accept(seat=invitation, by=invitation.assessor.user, at=CLOSED)
    assert named_in(str(refusal.value)) == []


def test_officials_read_every_name(bid, assessment, fund_manager):
    page = signed_in(fund_manager).get(reverse("competition_bid", args=[assessment.reference, bid.reference]))
    assert "ada applicant" in named_in(page.content.decode())


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Acme Health Ltd leads.", f"{WITHHELD} leads."),
        ("ACME\nHEALTH’s team", f"{WITHHELD}’s team"),
        ("Write to Jo Green or a green box.", f"Write to {WITHHELD} or a green box."),
        ("Prof. Green and his acme", f"Prof. {WITHHELD} and his acme"),
        ("Jo Greenwood", "Jo Greenwood"),
        ("company 01234567", f"company {WITHHELD}"),
    ],
)
def test_names_are_found_in_every_dress(call_terms, text, without):
    assert shield(["Acme Health Ltd"], ["Jo Green"], ["01234567"]).text(text) == without


def test_without_names_nothing_is_withheld(call_terms):
    assert shield([], [], [""]).text("All stays.") == "All stays."


def test_what_is_no_pdf_is_refused(call_terms):
    with pytest.raises(Exception, match="cannot be read as a PDF"):
        without_makers(b"no pdf")


def test_lists_call_a_bid_by_its_reference(bid):
    assert blind.title_in_lists(bid) == f"Bid {bid.reference}"


def test_what_officials_write_about_a_bid_reaches_its_assessors_without_names(bid, seat, fund_manager):
    facts = {"by": seat.assessor.user, "at": CLOSED}
    write(seat, [9, 9])
    actions.submit_assessment(seat=seat, **facts)
    assessed(bid, [1, 1], fund_manager)
    talk = open_discussion(bid=bid, reason=TEXT, by=fund_manager, **STAFF)
    close_discussion(discussion=talk, outcome=TEXT, by=fund_manager, **STAFF)
    actions.reopen_assessment(seat=seat, reason=TEXT, by=fund_manager, **STAFF)
    told = Message.objects.filter(to=seat.assessor.user)
    assert [named_in(message.subject + message.body) for message in told] == [[], [], []]
    pages = [reverse(name, args=[seat.pk]) for name in ("assessment", "assessment_discussion", "assessment_check")]
    assert [named_in(signed_in(seat.assessor.user).get(page).content.decode()) for page in pages] == [[], [], []]


def test_another_assessors_reason_is_read_without_names(bid, seat, fund_manager):
    write(seat, [9, 9])
    actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED)
    other = accepted_seat(bid, fund_manager)
    write(other, [1, 1], reason=TEXT)
    actions.submit_assessment(seat=other, by=other.assessor.user, at=CLOSED)
    open_discussion(bid=bid, reason="Far apart", by=fund_manager, **STAFF)
    page = signed_in(seat.assessor.user).get(reverse("assessment_discussion", args=[seat.pk])).content.decode()
    assert (named_in(page), "has wide experience" in page) == ([], True)
