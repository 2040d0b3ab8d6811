"""The pages of many letters at once, and of the signed annex."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from awards import actions
from awards.models import Award, LetterRun, SignedAnnex
from infra.scan import ScanState
from tests.asking import get, post, text, told
from tests.cast import NOW
from tests.cast_bids import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def annex(lettered_award, people, store) -> SignedAnnex:
    """The signed annex, found clean."""
    annex = actions.hand_in_annex(
        award=lettered_award, name="Dana Director", file=pdf(), filename="annex.pdf", by=people.applicant, at=NOW
    )
    SignedAnnex.objects.filter(pk=annex.pk).update(scan=ScanState.CLEAN)
    return annex


def choices(page: str) -> list[str]:
    """Return what each box of a list stands for."""
    return [part.partition('"')[0] for part in page.split('name="awards" value="')[1:]]


def test_officials_see_how_many_letters_wait(settled_award, people):
    assert "To put forward 1 Put forward, to issue 0" in text(get(people.fund_manager, "letter_runs"))


def test_letters_are_put_forward_and_issued_on_two_pages_by_two_people(settled_award, people):
    ready = choices(get(people.fund_manager, "letter_run_propose").content.decode())
    post(people.fund_manager, "letter_run_propose", awards=ready)
    actions.carry_out_letter_run(LetterRun.objects.get().pk)
    assert choices(get(people.fund_manager, "letter_run_issue").content.decode()) == []
    to_issue = choices(get(people.second_manager, "letter_run_issue").content.decode())
    post(people.second_manager, "letter_run_issue", awards=to_issue, is_read="on")
    run = LetterRun.objects.latest("id")
    actions.carry_out_letter_run(run.pk)
    assert Award.objects.get().state == "letter_issued"
    assert "Issued 1 of 1 Refused 0 Sealed and stored 0 Being made 1" in text(
        get(people.second_manager, "letter_run", run.pk)
    )


def test_nobody_issues_letters_unread(settled_award, people):
    actions.propose_letter(award=settled_award, by=people.fund_manager, role="fund_manager", at=NOW)
    chosen = choices(get(people.second_manager, "letter_run_issue").content.decode())
    page = text(post(people.second_manager, "letter_run_issue", awards=chosen))
    assert "Read the letters first, then tick this." in page
    assert LetterRun.objects.count() == 0


def test_a_letter_that_is_not_on_the_list_is_not_taken(settled_award, people):
    page = text(post(people.fund_manager, "letter_run_propose", awards=["MFA-999999:"]))
    assert "A letter that you chose has changed or is done." in page


def test_the_award_leads_officials_to_the_annex_that_waits_and_applicants_know_of_it(annex, people):
    page = text(get(people.fund_manager, "award", annex.award.reference))
    assert ("A signed annex of Dana Director was handed in" in page, "Look at the signed annex" in page) == (True, True)
    page = text(get(people.applicant, "award", annex.award.reference))
    assert "The annex signed by Dana Director is handed in." in page


def test_nobody_has_to_look_at_an_annex_once_the_award_is_accepted(annex, people):
    actions.accept(award=annex.award, name="Dana Director", by=people.applicant, at=NOW)
    page = text(get(people.fund_manager, "award_annex", annex.award.reference))
    assert "The award is accepted, so nobody has to look at the annex that waits." in page
    assert "It is in order" not in page


def test_an_award_is_accepted_by_its_signed_annex(lettered_award, people, store):
    file = SimpleUploadedFile("annex.pdf", pdf().read(), "application/pdf")
    answer = post(people.applicant, "award_annex", lettered_award.reference, name="Dana Director", file=file)
    assert told(answer) == ["The signed annex is handed in. An official looks at it."]
    annex = SignedAnnex.objects.get()
    SignedAnnex.objects.update(scan=ScanState.CLEAN)
    assert "Dana Director" in text(get(people.fund_manager, "award_annex", lettered_award.reference))
    assert get(people.fund_manager, "annex_file", lettered_award.reference, annex.pk).status_code == 302
    post(people.fund_manager, "annex_agree", lettered_award.reference, annex.pk)
    assert Award.objects.get().state == "accepted"


def test_an_annex_is_refused_with_a_reason(annex, people):
    args = (annex.award.reference, annex.pk)
    assert "There is a problem" in text(post(people.fund_manager, "annex_refuse", *args, reason=""))
    post(people.fund_manager, "annex_refuse", *args, reason="The date is missing.")
    assert "The date is missing." in text(get(people.applicant, "award_annex", annex.award.reference))


def test_an_auditor_sees_the_annex_and_decides_nothing(annex, auditor):
    page = text(get(auditor, "award_annex", annex.award.reference))
    assert ("Dana Director" in page, "accept the award" in page) == (True, False)
    assert post(auditor, "annex_agree", annex.award.reference, annex.pk).status_code == 403
