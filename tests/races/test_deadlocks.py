"""Money that moves in several years at once never waits in a circle."""

import pytest
from django.db import transaction

from accounts.models import User
from awards.actions.locks import hold_stream
from funds import ledger
from funds.models import Envelope, Stream
from funds.states import EntryKind, EnvelopeKind
from tests.cast import NOW
from tests.cast_awards import another_pot
from tests.races.racing import CONNECTIONS, at_once, refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 20


def commit_over_years(stream: Stream, pot: Envelope, years: tuple[str, ...], by: User, name: str):
    """Return a deed that commits a penny in each of some years as an offer does, many times over."""

    def deed() -> int:
        for i in range(ROUNDS):
            with transaction.atomic():
                award = ledger.open_envelope(stream=stream, kind=EnvelopeKind.AWARD)
                hold_stream(stream)
                for year in years:
                    ledger.post(
                        kind=EntryKind.COMMITTED, reference=f"{name}-{i}/{year}", pence=1, year=year, stream=stream,
                        pot=pot, award=award, by=by, at=NOW,
                    )  # fmt: skip
        return ROUNDS

    return deed


def test_awards_of_different_pots_and_years_do_not_deadlock(stream, fund_manager, second_manager):
    spans = (("2026-27", "2027-28"), ("2027-28", "2028-29"), ("2028-29",), ("2027-28",))
    pots = [another_pot(stream, 100_000, by=fund_manager, approver=second_manager) for _ in spans]
    deeds = [
        commit_over_years(stream, pots[i % 4], spans[i % 4], fund_manager, f"race-{i}") for i in range(CONNECTIONS)
    ]
    assert refused(at_once(deeds)) == []
