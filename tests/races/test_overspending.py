"""Sixteen connections race 400 awards against one cap: not a penny over, and the last award that fits is granted."""

import random
from collections.abc import Callable, Iterator
from threading import Barrier
from typing import NamedTuple

import psycopg
import pytest
from django.db import connection, connections

from accounts.models import User
from funds import ledger
from funds.ledger import DoesNotFit
from funds.models import Envelope
from funds.states import EntryKind, EnvelopeKind
from tests.cast import NOW
from tests.races.racing import CONNECTIONS, at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
AWARDS_EACH = 25
CAP = 50_000_000


class Outcome(NamedTuple):
    """The amounts that were granted and refused, in pence."""

    granted: list[int]
    refused: list[int]


def race(spend: Callable[[str, int], bool]) -> Outcome:
    """Let every connection try its awards, of £1,000 to £3,000 each; four fifths of them are too many for the cap."""

    def deed(session: int) -> Callable[[], list[tuple[int, bool]]]:
        amounts = random.Random(session).choices(range(100_000, 300_001), k=AWARDS_EACH)
        return lambda: [(pence, spend(f"race-{session}-{i}", pence)) for i, pence in enumerate(amounts)]

    tried = [one for result in at_once([deed(i) for i in range(CONNECTIONS)]) for one in result]
    return Outcome([p for p, was_granted in tried if was_granted], [p for p, was_granted in tried if not was_granted])


def through_the_ledger(pot: Envelope, by: User) -> Callable[[str, int], bool]:
    """Return how awards are committed: one entry, counters moved by trigger, held by CHECK."""

    def spend(name: str, pence: int) -> bool:
        award = ledger.open_envelope(stream=pot.stream, kind=EnvelopeKind.AWARD)
        try:
            ledger.post(
                kind=EntryKind.COMMITTED, reference=f"{name}/2027-28", pence=pence, year="2027-28", stream=pot.stream,
                pot=pot, award=award, by=by, at=NOW,
            )  # fmt: skip
        except DoesNotFit:
            return False
        return True

    return spend


def test_the_ledger_commits_not_a_penny_over(competition, fund_manager):
    outcome = race(through_the_ledger(competition.pot, fund_manager))
    pot = Envelope.objects.get(pk=competition.pot_id)
    assert len(outcome.granted) + len(outcome.refused) == CONNECTIONS * AWARDS_EACH
    assert (pot.cap_pence, pot.committed_pence) == (CAP, sum(outcome.granted))
    assert max(0, pot.committed_pence - CAP) == 0


def test_whatever_was_refused_did_not_fit(competition, fund_manager):
    outcome = race(through_the_ledger(competition.pot, fund_manager))
    left = Envelope.objects.get(pk=competition.pot_id).left_pence
    assert [pence for pence in outcome.refused if pence <= left] == []
    assert left < 300_000


def test_every_counter_is_the_sum_of_its_entries(competition, fund_manager):
    outcome = race(through_the_ledger(competition.pot, fund_manager))
    counters = Envelope.objects.exclude(committed_pence=0).exclude(kind="award")
    assert {e.kind: e.committed_pence for e in counters} == dict.fromkeys(
        ["pot", "year", "stream"], sum(outcome.granted)
    )


@pytest.fixture
def scratch(competition) -> Iterator[None]:
    """A table of commitments without any guard."""
    owner = connections["owner"].settings_dict
    keys = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    with psycopg.connect(**{k: owner[v] for k, v in keys.items()}, autocommit=True) as session:
        session.execute("CREATE TABLE race_scratch (pence bigint NOT NULL)")
        session.execute("GRANT SELECT, INSERT ON race_scratch TO PUBLIC")
        yield
        session.execute("DROP TABLE race_scratch")


def test_without_the_guard_the_same_race_overspends(scratch):
    """Read the sum, then insert: what the counters are for. Each round reads in all sessions before any writes."""
    everybody_has_read = Barrier(CONNECTIONS, timeout=60)

    def spend(name: str, pence: int) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(pence), 0) FROM race_scratch")
            fits = cursor.fetchone()[0] + pence <= CAP
            everybody_has_read.wait()
            if fits:
                cursor.execute("INSERT INTO race_scratch VALUES (%s)", [pence])
        return fits

    assert sum(race(spend).granted) > CAP
