"""An award is accepted by a director on Matchfund, or by a signed annex that an official has checked."""

import datetime as dt
import io

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Message
from accounts.rules import Refused
from audit.models import Event
from awards import actions, tasks
from awards.models import Award, SignedAnnex
from infra.scan import ScanState
from tests.cast import NOW
from tests.cast_bids import pdf

pytestmark = pytest.mark.django_db
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08\x08\x02\0\0\0"
DAY = dt.timedelta(days=1)


@pytest.fixture
def annex(lettered_award, people, store) -> SignedAnnex:
    """The signed annex, found clean."""
    annex = hand_in(lettered_award, people)
    SignedAnnex.objects.filter(pk=annex.pk).update(scan=ScanState.CLEAN)
    return annex


def hand_in(award: Award, people, file: io.BytesIO | None = None, at: dt.datetime = NOW) -> SignedAnnex:
    return actions.hand_in_annex(
        award=award, name="Dana Director", file=file or pdf(), filename="annex.pdf", by=people.applicant, at=at
    )


def test_who_accepted_is_kept_with_the_statement_and_the_address(lettered_award, people):
    actions.accept(award=lettered_award, name="Dana Director", by=people.applicant, at=NOW, address="192.0.2.7")
    award = Award.objects.get()
    assert (award.accepted_name, award.accepted_address) == ("Dana Director", "192.0.2.7")
    assert award.accepted_statement.startswith("I am a director of the lead.")


def test_an_acceptance_is_fixed_in_the_database(accepted_award):
    with pytest.raises(IntegrityError, match="its acceptance is fixed"), transaction.atomic():
        Award.objects.update(accepted_name="Somebody Else")


def test_a_signed_annex_waits_for_an_official_who_is_told(lettered_award, people, store):
    annex = hand_in(lettered_award, people)
    assert (annex.state, Award.objects.get().state) == ("waiting", "letter_issued")
    assert Message.objects.get(template="annex_to_check").to == lettered_award.responsible_officer


def test_an_official_finds_it_in_order_and_the_award_is_accepted(annex, people):
    award = actions.agree_annex(annex=annex, by=people.fund_manager, role="fund_manager", at=NOW)
    assert (award.state, award.accepted_name, award.accepted_by) == ("accepted", "Dana Director", people.applicant)
    assert award.accepted_statement == "A director of the lead has signed the annex to the award letter."


def test_the_record_holds_no_name(annex, people):
    actions.agree_annex(annex=annex, by=people.fund_manager, role="fund_manager", at=NOW)
    assert not [event for event in Event.objects.all() if "Dana" in str(event.changes)]


def test_an_annex_that_is_refused_says_why_and_another_may_follow(annex, people, lettered_award):
    facts = {"by": people.fund_manager, "role": "fund_manager", "at": NOW}
    actions.refuse_annex(annex=annex, reason="The date is missing.", **facts)
    assert "The date is missing." in Message.objects.filter(template="annex_refused").first().body
    assert hand_in(lettered_award, people).state == "waiting"


def test_an_annex_is_decided_on_once(annex, people):
    facts = {"annex": annex, "by": people.fund_manager, "role": "fund_manager", "at": NOW}
    actions.agree_annex(**facts)
    with pytest.raises(Refused, match="agreed"):
        actions.refuse_annex(reason="No", **facts)


def test_an_annex_that_is_not_scanned_is_not_agreed_to(lettered_award, people, store):
    annex = hand_in(lettered_award, people)
    with pytest.raises(Refused, match="not been scanned"):
        actions.agree_annex(annex=annex, by=people.fund_manager, role="fund_manager", at=NOW)


def test_nobody_of_the_lead_checks_its_own_annex(annex, people):
    with pytest.raises(Refused):
        actions.agree_annex(annex=annex, by=people.applicant, role="fund_manager", at=NOW)


def test_one_annex_waits_at_a_time(annex, lettered_award, people):
    with pytest.raises(Refused, match="already waiting"):
        hand_in(lettered_award, people)


@pytest.mark.parametrize("file", [PICTURE, b"I accept."])
def test_only_a_pdf_is_an_annex(file, lettered_award, people, store):
    with pytest.raises(Refused, match="must be a PDF"):
        hand_in(lettered_award, people, io.BytesIO(file))


def test_an_annex_that_comes_too_late_is_not_kept(lettered_award, people, store):
    with pytest.raises(Refused, match="could be accepted until"):
        hand_in(lettered_award, people, at=dt.datetime.combine(lettered_award.accept_by + DAY, dt.time(12), dt.UTC))
    assert SignedAnnex.objects.count() == 0


def test_an_award_does_not_lapse_while_its_annex_waits(annex, lettered_award):
    after = dt.datetime.combine(lettered_award.accept_by + DAY, dt.time(12), dt.UTC)
    assert actions.lapse_overdue(at=after) == 0


def test_the_scanner_looks_at_an_annex(lettered_award, people, store):
    annex = hand_in(lettered_award, people)
    tasks.scan_annex(annex.pk)
    assert SignedAnnex.objects.get().scan == "clean"
    assert Event.objects.filter(verb="annex.scanned").count() == 1


def test_direct_sql_cannot_turn_a_refused_annex(annex, people):
    actions.refuse_annex(annex=annex, reason="Blank.", by=people.fund_manager, role="fund_manager", at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE awards_signedannex SET state = 'agreed', reason = ''")


@pytest.mark.parametrize(("days", "written"), [(15, 0), (14, 1), (8, 1), (7, 1), (2, 1), (0, 1), (-1, 0)])
def test_people_are_reminded_before_the_last_day_once_for_each_reminder(lettered_award, days, written):
    at = dt.datetime.combine(lettered_award.accept_by - days * DAY, dt.time(12), dt.UTC)
    assert (actions.remind_to_accept(at=at), actions.remind_to_accept(at=at)) == (written, 0)
