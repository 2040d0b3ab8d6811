"""What stands around a competition in public, made through the same actions as pages use."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from accounts.states import Role
from funds import scanning
from funds.actions import enquiries, supporting
from funds.models import Competition, Enquiry, PublishedAnswer, SupportingFile
from tests.cast import NOW
from tests.cast_bids import pdf

FM: dict[str, Any] = {"role": Role.FUND_MANAGER, "at": NOW}


def given_file(
    competition: Competition, by: User, title: str = "Guidance", clean: bool = True, **facts
) -> SupportingFile:
    """Return a supporting file that has been scanned."""
    file = supporting.add_file(
        competition=competition, file=pdf(title), filename=f"{title}.pdf", title=title, by=by, **FM | facts
    )
    return scanning.record_scan(file=file, clean=clean, at=NOW)


def asked(
    competition: Competition, by: User, text: str = "May a charity be a partner?", at: dt.datetime = NOW
) -> Enquiry:
    """Return a question that waits for an answer."""
    return enquiries.ask(competition=competition, text=text, by=by, at=at)


def answered(
    competition: Competition, by: User, asker: User, question: str = "May a charity be a partner?", answer: str = "Yes."
) -> PublishedAnswer:
    """Return a question that was answered for everybody."""
    enquiry = asked(competition, asker, question)
    return enquiries.publish_answer(enquiry=enquiry, question=question, answer=answer, by=by, **FM)


@pytest.fixture
def shown_file(competition, fund_manager, store) -> SupportingFile:
    """A clean supporting file of the competition."""
    return given_file(competition, fund_manager)


@pytest.fixture
def shown_enquiry(competition, applicant) -> Enquiry:
    """A question that waits for an answer."""
    return asked(competition, applicant)


@pytest.fixture
def shown_answer(competition, fund_manager, applicant) -> PublishedAnswer:
    """A published answer."""
    return answered(competition, fund_manager, applicant)
