"""The desk of match funding: the queue, cases, threads, evidence as pictures, expiry, and what the database refuses."""

import datetime as dt
import io

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from PIL import Image

from accounts.actions import grant_role
from accounts.models import Message
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.models import Event
from awards import actions
from awards.actions.approving import name_officer
from awards.actions.expiring import expire_evidence
from awards.models import Award
from bids import actions as bid_actions
from bids.match_checks import CHECKS, codes
from bids.models import MatchSource, MatchVerification, SameMoney
from bids.states import DocumentKind, MatchKind
from infra import previews
from infra.demo.evidence import paper
from tests.asking import get, post, queries_of, text, told
from tests.cast import NOW, organisation, person
from tests.cast_awards import prove, won_bid
from tests.cast_bids import evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def source(award, people) -> MatchSource:
    """£17,251 in the bank, with a clean statement of 20 January 2027."""
    found = MatchSource.objects.get(partner__bid=award.bid_id)
    evidence(found, people.applicant)
    return found


@pytest.fixture
def colleague(department):
    """Another finance officer."""
    return person(Role.FINANCE_OFFICER, department, "Felix Finance")


def now(source) -> MatchSource:
    return MatchSource.objects.get(pk=source.pk)


def facts(by, **more) -> dict:
    return {"by": by, "role": Role.FINANCE_OFFICER, "at": NOW} | more


def verify(source, by, **more) -> MatchSource:
    return bid_actions.verify_match(source=source, pounds=17_251, **facts(by, checks=codes(source.kind)) | more)


def run(sql: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_every_kind_has_checks_with_different_codes():
    assert set(CHECKS) == set(MatchKind)
    assert all(len(codes(kind)) == len(CHECKS[kind]) >= 4 for kind in CHECKS)


def test_a_check_that_is_missing_is_named(source, people):
    with pytest.raises(Refused, match=r"Not ticked: “The account is in the name of the partner\.”"):
        verify(source, people.finance_officer, checks=codes(source.kind) - {"name"})


def test_a_decision_keeps_its_checks_evidence_and_last_day(source, people):
    verify(source, people.finance_officer)
    made = MatchVerification.objects.get(source=source)
    assert (made.number, made.pounds, set(made.checks)) == (1, 17_251, codes(source.kind))
    assert made.expires_on == dt.date(2027, 4, 20)
    assert made.evidence == [source.documents.get().sha256]


def test_a_later_decision_supersedes_and_nothing_is_lost(source, people):
    verify(source, people.finance_officer)
    bid_actions.look_again(source=source, reason="The balance was misread.", **facts(people.finance_officer))
    bid_actions.reject_match(source=source, reason="It is a loan.", **facts(people.finance_officer))
    outcomes = list(source.verifications.values_list("number", "outcome"))
    assert outcomes == [(1, "verified"), (2, "reopened"), (3, "rejected")]
    assert now(source).state == "rejected"


def test_a_decision_is_never_edited(source, people):
    verify(source, people.finance_officer)
    for statement in ("UPDATE bids_matchverification SET pounds = 1", "DELETE FROM bids_matchverification"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(statement)


def test_the_state_follows_only_what_is_written_down(source, people):
    with pytest.raises(IntegrityError, match="no verification says so"):
        run(
            "UPDATE bids_matchsource SET state = 'verified', verified_pounds = 17251, decided_at = now(),"
            " decided_by_id = %s",
            people.finance_officer.pk,
        )


def test_the_responsible_officer_does_not_verify_not_even_by_sql(source, people, department):
    both = person(Role.FINANCE_OFFICER, department)
    award = Award.objects.get()
    type(award.bid.competition).objects.filter(pk=award.bid.competition_id).update(responsible_officer=both)
    with pytest.raises(Refused, match="You are responsible for this competition"):
        verify(source, both)
    with pytest.raises(IntegrityError, match="responsible officer of a bid cannot decide"):
        run(
            "INSERT INTO bids_matchverification (source_id, number, outcome, pounds, checks, evidence, reason, by_id,"
            " at) VALUES (%s, 1, 'verified', 5, '[]', '[]', '', %s, now())",
            source.pk, both.pk,
        )  # fmt: skip


def test_a_case_belongs_to_one_person(source, people, colleague):
    bid_actions.take_case(source=source, **facts(colleague))
    with pytest.raises(Refused, match="Felix Finance has this case"):
        verify(source, people.finance_officer)
    bid_actions.take_case(source=source, **facts(people.finance_officer))
    assert verify(source, people.finance_officer).taken_by == people.finance_officer


def test_a_query_becomes_a_thread_with_new_evidence(source, people):
    bid_actions.query_match(source=source, reason="The name is cut off.", **facts(people.finance_officer))
    assert Message.objects.get(template="match_queried").to == people.applicant
    file = io.BytesIO(b"%PDF-1.4\nwith the name\n%%EOF\n")
    file.name = "statement-2.pdf"
    bid_actions.answer_department(
        source=source, text="Here it is in full.", file=file, dated_on=dt.date(2027, 1, 30), by=people.applicant, at=NOW
    )
    assert now(source).state == "evidenced"
    assert source.messages.get().document.filename == "statement-2.pdf"
    assert Message.objects.get(template="match_answered").to == people.finance_officer


def test_both_sides_write_on_the_page_of_the_case(source, people):
    assert told(post(people.finance_officer, "match_say", source.pk, text="Whose account is it?")) == [
        "Your message is sent."
    ]
    assert "Whose account is it?" in text(get(people.applicant, "match_case", source.pk))
    post(people.applicant, "match_say", source.pk, text="Ours.")
    assert "Ours." in text(get(people.finance_officer, "match_case", source.pk))


def test_applicants_of_others_do_not_find_the_case(source, rival_person):
    assert get(rival_person, "match_case", source.pk).status_code == 404
    assert post(rival_person, "match_say", source.pk, text="Hello").status_code == 404


@pytest.fixture
def rival_person():
    return person(Role.APPLICANT, organisation(OrganisationKind.SME, "Rival Example Ltd"))


def test_the_queue_is_by_age_or_by_amount_and_narrowed(source, people, auditor, competition, sme):
    other = MatchSource.objects.get(partner__bid=won_bid(competition, sme, people.applicant))
    evidence(other, people.applicant)
    bid_actions.take_case(source=source, **facts(people.finance_officer))
    for filters, shown in (
        ({}, [source, other]), ({"order": "amount"}, [other, source]), ({"whose": "free"}, [other]),
        ({"text": source.partner.bid.reference}, [source]), ({"kind": "loan"}, []),
        ({"flagged": "on"}, [source, other]),
    ):  # fmt: skip
        page = get(people.finance_officer, "match_queue", **filters).content.decode()
        found = [s for s in (source, other) if f"/match/{s.pk}/" in page]
        assert set(found) == set(shown), filters


def test_the_queue_costs_the_same_with_one_and_three(source, people, auditor, competition, sme):
    one = queries_of(auditor, "match_queue")
    for _ in range(2):
        evidence(MatchSource.objects.get(partner__bid=won_bid(competition, sme, people.applicant)), people.applicant)
    assert queries_of(auditor, "match_queue") == one


@pytest.mark.parametrize("filters", [{"order": "x"}, {"kind": "\x00"}, {"text": "a" * 500}, {"after": "9" * 30}])
def test_a_hostile_filter_is_an_error_of_the_form(filters, auditor):
    assert get(auditor, "match_queue", **filters).status_code in (200, 400)


def test_verified_twice_over_is_cleared_with_a_reason_on_the_record(source, people, competition, sme):
    other = MatchSource.objects.get(partner__bid=won_bid(competition, sme, people.applicant))
    verify(source, people.finance_officer, duplicate_reason="The other bid is on hold.")
    cleared = SameMoney.objects.get()
    assert (cleared.source, cleared.other, cleared.outcome, cleared.by) == (
        source, other, "cleared", people.finance_officer,
    )  # fmt: skip


def test_evidence_that_grows_old_is_queried_once_and_its_condition_opens(award, people):
    source = prove(MatchSource.objects.get(partner__bid=award.bid_id), people)
    condition = award.conditions.get(kind="match")
    actions.settle_condition(condition=condition, rating="green", note="", **facts(people.finance_officer))
    late = dt.datetime(2027, 4, 21, 9, tzinfo=dt.UTC)
    assert (expire_evidence(at=late - dt.timedelta(days=1)), expire_evidence(at=late), expire_evidence(at=late)) == (
        0,
        1,
        0,
    )
    assert now(source).state == "queried"
    assert award.conditions.get(kind="match").settled_at is None
    assert Event.objects.filter(verb="match.expired", actor_id=None).count() == 1


def test_the_award_waits_when_its_officer_verified_the_match(settled_award, people):
    grant_role(
        user=people.finance_officer, organisation=people.finance_officer.held[0].organisation, role=Role.FUND_MANAGER,
        by=None, at=NOW,
    )  # fmt: skip
    officer = type(people.finance_officer).objects.get(pk=people.finance_officer.pk)
    name_officer(award=settled_award, officer=officer, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert Award.objects.get().state == "offered"


def test_looking_again_opens_the_condition_and_takes_the_award_back(settled_award, people):
    source = MatchSource.objects.get(partner__bid=settled_award.bid_id)
    post(people.finance_officer, "match_reopen", source.pk, reason="The bank called.")
    assert (now(source).state, Award.objects.get().state) == ("evidenced", "offered")


def test_match_funding_is_fixed_once_the_letter_is_issued(issued_award, people):
    source = MatchSource.objects.get(partner__bid=issued_award.bid_id)
    page = text(post(people.finance_officer, "match_reopen", source.pk, reason="The bank called."))
    assert "is letter issued: its match funding is fixed." in page


# Pictures


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2_000, 100), colour).save(out, "PNG")
    return out.getvalue() + b"<script>alert(1)</script>"


def test_an_image_is_drawn_anew_without_what_hangs_on_it():
    drawn = previews.picture(png(), "image/png", 1)
    assert Image.open(io.BytesIO(drawn)).size == (previews.WIDTH, 55)
    assert b"script" not in drawn


def test_a_page_of_a_pdf_is_drawn():
    body = paper("Statement", "GBP 17,251")
    assert previews.pages(body, "application/pdf") == 1
    assert previews.picture(body, "application/pdf", 1).startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "image/jpeg"])
def test_what_cannot_be_drawn_is_told(kind):
    with pytest.raises(previews.NoPreview):
        previews.picture(b"%PDF-1.4\nnothing\n%%EOF\n", kind, 1)


def test_a_picture_is_served_with_nothing_that_runs(award, people):
    source = MatchSource.objects.get(partner__bid=award.bid_id)
    document = bid_actions.attach_document(
        bid=award.bid, file=io.BytesIO(png()), filename="s.png", kind=DocumentKind.MATCH_EVIDENCE, source=source,
        dated_on=dt.date(2027, 1, 20), by=people.applicant, at=NOW,
    )  # fmt: skip
    assert get(people.finance_officer, "match_picture", source.pk, document.pk, 1).status_code == 404
    bid_actions.record_scan(document=document, clean=True, at=NOW)
    answer = get(people.finance_officer, "match_picture", source.pk, document.pk, 1)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
