"""The pages of award letters."""

import subprocess
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client

from accounts.states import Role
from audit.models import Event
from awards import actions, tasks
from awards.models import Award
from awards.states import AwardState
from funds import approvals
from tests.asking import get, post, text, told
from tests.cast import NOW
from tests.signing_in import give_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SIGNED = {"name": "Ada Applicant", "is_stated": "on"}


@pytest.fixture
def proposed(settled_award, people) -> str:
    """The digest of a letter that Frances Manager has put forward."""
    proposal = actions.propose_letter(award=settled_award, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    return proposal.content_sha256


@pytest.fixture
def made_award(issued_award) -> Award:
    """An award whose letter is issued and stored."""
    tasks.make_letters(at=NOW)
    return issued_award


def test_a_fund_manager_puts_the_letter_forward(settled_award, people):
    answer = post(people.fund_manager, "letter_propose", settled_award.reference)
    assert told(answer) == ["The letter is put forward. A colleague has to read and issue it."]
    assert approvals.newest("letter", settled_award.reference).by == people.fund_manager


def test_a_letter_is_not_put_forward_while_a_condition_is_open(award, people):
    answer = post(people.fund_manager, "letter_propose", award.reference)
    assert told(answer) == [f"Award {award.reference} is offered, with conditions: settle its conditions first."]


def test_the_second_person_reads_what_is_put_forward(settled_award, proposed, people):
    page = text(get(people.second_manager, "letter_issue", settled_award.reference))
    assert "Recipient Breathe Example Ltd, 1 Fictional Way, Sampletown, ZZ99 9ZZ" in page
    assert "In all: cost £57,501, grant £40,250, other public funding £0, match funding £17,251." in page
    assert "Labour £40,000 Overheads £8,000 Materials £9,501" in page
    assert (
        "Verified match funding of Breathe Example Ltd Kind Funder Verified Own reserves Breathe Example Ltd £17,251"
        in page
    )
    assert proposed in page


def test_who_puts_it_forward_sees_it_first_as_it_will_look(settled_award, people):
    answer = get(people.fund_manager, "letter_preview", settled_award.reference)
    assert answer.headers["Content-Type"] == "application/pdf"
    read = subprocess.run(
        ["pdftotext", "-", "-"], input=answer.content, capture_output=True, check=True
    ).stdout.decode()
    assert read.startswith("Preview: not issued, not sealed")
    assert "Award of a grant of £40,250" in read


def test_there_is_no_preview_of_a_letter_that_is_not_due(award, people):
    answer = get(people.fund_manager, "letter_preview", award.reference)
    assert told(answer) == [f"Award {award.reference} is offered, with conditions, and no letter is due."]


def test_the_second_person_issues_it(settled_award, proposed, people):
    post(people.second_manager, "letter_issue", settled_award.reference, sha256=proposed)
    assert Award.objects.get(pk=settled_award.pk).state == AwardState.LETTER_ISSUED


def test_the_first_person_cannot_issue_it(settled_award, proposed, people):
    page = text(post(people.fund_manager, "letter_issue", settled_award.reference, sha256=proposed))
    assert "You put this forward yourself, so somebody else has to approve it." in page


def test_nobody_issues_what_they_have_not_read(settled_award, proposed, people):
    page = text(post(people.second_manager, "letter_issue", settled_award.reference, sha256="0" * 64))
    assert "This has changed since you opened it." in page
    assert Award.objects.get(pk=settled_award.pk).state == AwardState.CONDITIONS_MET


def test_a_letter_that_nobody_put_forward_cannot_be_issued(settled_award, people):
    page = text(get(people.second_manager, "letter_issue", settled_award.reference))
    assert "Nobody has put this letter forward yet." in page


def test_a_download_leads_to_a_link_of_a_minute_with_the_right_name(made_award, people):
    address = urlsplit(get(people.applicant, "letter_download", made_award.reference, 1).headers["Location"])
    asked = parse_qs(address.query)
    assert asked["response-content-disposition"] == [
        f"attachment; filename*=UTF-8''{made_award.reference}-letter-1.pdf"
    ]
    assert int(asked["X-Amz-Expires"][0]) <= 60


def test_each_download_is_on_the_record(made_award, people):
    get(people.applicant, "letter_download", made_award.reference, 1)
    event = Event.objects.get(verb="letter.downloaded")
    assert (event.subject, event.actor_id, event.role) == (
        f"award:{made_award.reference}", people.applicant.pk, "applicant",
    )  # fmt: skip
    assert event.changes == {"number": 1, "sha256": made_award.letters.get().sha256}


def test_a_letter_that_is_not_made_yet_cannot_be_downloaded(issued_award, people):
    assert get(people.applicant, "letter_download", issued_award.reference, 1).status_code == 404
    assert "Letter 1 is being made." in text(get(people.applicant, "award", issued_award.reference))


def test_a_director_accepts_by_typed_name_and_statement(made_award, people):
    post(people.applicant, "award_accept", made_award.reference, **SIGNED)
    accepted = Award.objects.get(pk=made_award.pk)
    assert (accepted.state, accepted.accepted_name) == (AwardState.ACCEPTED, "Ada Applicant")


@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        ("name", "Fill in “Full name of the director who accepts”."),
        ("is_stated", "Tick the statement to accept the award."),
    ],
)
def test_name_and_statement_are_both_needed(missing, problem, made_award, people):
    data = {name: value for name, value in SIGNED.items() if name != missing}
    assert problem in text(post(people.applicant, "award_accept", made_award.reference, **data))
    assert Award.objects.get(pk=made_award.pk).state == AwardState.LETTER_ISSUED


def test_a_password_given_long_ago_is_asked_for_again(made_award, people):
    client = Client()
    client.force_login(give_password(people.applicant))
    address = f"/awards/{made_award.reference}/accept"
    asked = client.post(address, SIGNED).headers["Location"]
    assert asked == f"/accounts/confirm-password/?next={quote(address, safe='')}"
    assert Award.objects.get(pk=made_award.pk).state == AwardState.LETTER_ISSUED


def test_a_letter_is_accepted_only_when_it_can_be_read(issued_award, people):
    page = text(post(people.applicant, "award_accept", issued_award.reference, **SIGNED))
    assert "The letter is still being made." in page
