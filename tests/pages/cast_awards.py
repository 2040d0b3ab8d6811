"""A live award with a letter, match funding and a submitted claim, for the pages."""

from typing import Any

import pytest

from accounts.models import Organisation, User
from accounts.states import Role
from awards import actions
from awards.actions import milestones
from awards.models import Award, Claim, ConditionFile, LetterRun, SignedAnnex
from awards.scanning import record_scan
from bids.models import Bid, MatchSource
from infra.scan import ScanState
from tests import cast_awards
from tests.cast import NOW, organisation, person
from tests.cast_awards import QUARTER_OVER, STARTED, People


@pytest.fixture
def award_people(applicant, fund_manager, second_manager, finance_officer, monitoring_officer, sme, network) -> People:
    """Everybody whom an award needs."""
    Organisation.objects.filter(pk=sme.pk).update(address="1 Fictional Way, Sampletown", postcode="ZZ99 9ZZ")
    Organisation.objects.filter(pk=network.pk).update(region="London")
    return People(applicant, fund_manager, second_manager, finance_officer, monitoring_officer)


@pytest.fixture
def shown_award(competition, sme, award_people) -> Award:
    """A live award whose letter is stored and accepted."""
    bid = cast_awards.won_bid(competition, sme, award_people.applicant)
    offered = actions.offer(bid=bid, by=award_people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    promise = {"title": "40 patients wear the sensor", "due_on": STARTED.date(), "by": award_people.applicant}
    milestones.add_milestone(award=offered, at=NOW, **promise)
    issued = cast_awards.issue(cast_awards.settle(offered, award_people), award_people)
    cast_awards.write_down(issued)
    accepted = actions.accept(award=issued, name="Ada Applicant", by=award_people.applicant, at=NOW)
    return actions.go_live(award=accepted, at=STARTED)


@pytest.fixture
def bid_to_offer(competition, award_people) -> Bid:
    """A bid that the panel funds and that has no award yet."""
    lead = organisation(name="Waiting Example Ltd", region="London")
    return cast_awards.won_bid(competition, lead, person(Role.APPLICANT, lead))


@pytest.fixture
def shown_claim(shown_award, award_people) -> Claim:
    """A submitted claim of its lead."""
    draft = cast_awards.draft_claim(shown_award, award_people)
    return actions.submit_claim(claim=draft, by=award_people.applicant, at=QUARTER_OVER)


@pytest.fixture
def shown_source(shown_award) -> MatchSource:
    """The source of match funding of its lead, verified on evidence."""
    return MatchSource.objects.get(partner__bid=shown_award.bid_id)


def shown_paper(award: Award) -> ConditionFile:
    """Return a clean paper behind a judgement."""
    by, sha256 = User.objects.first(), "0" * 64
    facts = {"filename": "accounts.pdf", "content_type": "application/pdf", "bytes": 9, "sha256": sha256, "key": "k"}
    made = ConditionFile.objects.create(condition=award.conditions.first(), uploaded_by=by, uploaded_at=NOW, **facts)
    return record_scan(paper=made, clean=True, at=NOW)


def shown_annex(award: Award) -> SignedAnnex:
    """Return a clean annex that waits to be checked."""
    facts: dict[str, Any] = {
        "filename": "annex.pdf",
        "content_type": "application/pdf",
        "bytes": 9,
        "sha256": "0" * 64,
        "key": "k",
    }
    facts |= {"sha256": "0" * 64, "letter": award.letters.get(), "name": "Dana Director", "uploaded_at": NOW}
    facts["uploaded_by"] = User.objects.get(pk=award.accepted_by_id)
    made, _ = SignedAnnex.objects.get_or_create(award=award, state="waiting", defaults=facts)
    SignedAnnex.objects.filter(pk=made.pk).update(scan=ScanState.CLEAN)
    return made


def shown_letter_run(award: Award) -> LetterRun:
    """Return a run of one letter that was refused."""
    why = [[award.reference, "Nothing that the letter says has changed."]]
    return LetterRun.objects.create(
        deed="propose", awards=[[award.reference, ""]], by=User.objects.first(), role=Role.FUND_MANAGER, at=NOW,
        tried=1, refused=why,
    )  # fmt: skip
