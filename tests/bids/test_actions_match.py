"""Match funding: declared, evidenced, verified once."""

import pytest

from accounts.rules import Refused
from accounts.states import Role
from bids import actions, queries
from bids.models import MatchSource
from tests.cast import NOW
from tests.cast_bids import evidence, lead_partner, pledge, submitted

pytestmark = pytest.mark.django_db


def test_verified_match_meets_the_condition(competition, sme, applicant, finance_officer):
    bid = submitted(competition, sme, applicant)
    source = MatchSource.objects.get(partner__bid=bid)
    evidence(source, applicant)
    actions.verify_match(source=source, pounds=18_000, by=finance_officer, role=Role.FINANCE_OFFICER, at=NOW)
    assert queries.verified_match(lead_partner(bid)) == 18_000
