"""Blocks are closed behind every deed: none is lost, none is sealed twice."""

import datetime as dt
import random
import time

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Max

from audit.models import Event, Seal
from audit.queries import recompute
from audit.sealing import RecordBusy, close_block, seal_upto
from audit.verify import NOTHING_BEFORE, Broken
from tests.audit.conftest import deed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def waiting_for_the_gate() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return cursor.fetchone()[0]


def test_nothing_new_makes_no_seal(now):
    assert (close_block(now), Seal.objects.count()) == (None, 0)


def test_block_holds_the_new_events_and_follows_the_block_before(now):
    ids = [deed().pk for _ in range(3)]
    first = close_block(now)
    ids += [deed().pk, deed().pk]
    second = close_block(now)
    assert (first.number, first.previous, first.first_id, first.last_id, first.count) == (
        1, NOTHING_BEFORE, ids[0], ids[2], 3,
    )  # fmt: skip
    assert (second.number, second.previous, second.first_id, second.last_id, second.count) == (
        2, first.seal, ids[3], ids[4], 2,
    )  # fmt: skip
    assert close_block(now) is None


def test_seals_are_recomputed_from_the_database(now):
    deed()
    close_block(now)
    deed()
    chain, unsealed = recompute()
    assert (chain.events, chain.seals, unsealed) == (1, 1, 1)


def test_event_changed_by_the_owner_breaks_its_block(now):
    event = deed()
    close_block(now)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        cursor.execute("UPDATE audit_event SET verb = 'bid.withdrawn'")
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER ALL")
    with pytest.raises(Broken, match=f"events {event.pk} to {event.pk} are not those of seal 1"):
        recompute()


@pytest.mark.race
def test_late_event_with_a_lower_id_is_sealed(now, elsewhere, held_deed):
    with held_deed() as release:
        deed("bid:B-early")
        sealer = elsewhere(close_block, now)
        while not waiting_for_the_gate():
            time.sleep(0.01)
        release.set()
    assert (sealer.result(60).count, recompute()[0].events) == (2, 2)


@pytest.mark.race
def test_control_without_the_gate_loses_the_late_event(now, held_deed):
    with held_deed():
        deed("bid:B-early")
        seal = seal_upto(Event.objects.aggregate(top=Max("id"))["top"], now)
    assert (seal.count, Event.objects.count(), close_block(now)) == (1, 2, None)
    with pytest.raises(Broken, match="1 sealed, 2 found"):
        recompute()


@pytest.mark.race
def test_deed_that_takes_too_long_puts_the_seal_off(now, held_deed):
    with held_deed(), pytest.raises(RecordBusy):
        close_block(now)
    assert close_block(now).count == 1


@pytest.mark.race
def test_deeds_go_on_while_a_block_is_hashed(now, elsewhere):
    boundary = deed().pk
    with transaction.atomic():
        seal_upto(boundary, now)
        elsewhere(deed).result(60)
    assert [close_block(now).number, Event.objects.count()] == [2, 2]


@pytest.mark.race
def test_two_sealers_at_once_make_one_seal(now, elsewhere):
    deed()
    with transaction.atomic():
        mine = close_block(now)
        other = elsewhere(close_block, now)
        time.sleep(0.1)
    assert (mine.number, other.result(60)) == (1, None)


@pytest.mark.race
def test_writers_and_sealers_at_random_lose_nothing(now, elsewhere):
    def write() -> None:
        for _ in range(20):
            with transaction.atomic():
                deed()
                time.sleep(random.random() / 100)

    def seal() -> None:
        for _ in range(20):
            close_block(now)
            time.sleep(random.random() / 100)

    for done in [*[elsewhere(write) for _ in range(5)], *[elsewhere(seal) for _ in range(2)]]:
        done.result(60)
    close_block(now)
    chain, unsealed = recompute()
    assert (chain.events, unsealed, chain.seals > 2) == (100, 0, True)


def test_gate_refuses_an_older_snapshot(now):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(DatabaseError, match="close the gate in READ COMMITTED"):
            close_block(now)


def test_web_role_cannot_hold_the_lock_itself():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("LOCK TABLE audit_event IN SHARE MODE")


def test_seal_carries_the_instant_given(now):
    deed()
    assert close_block(now + dt.timedelta(seconds=1)).sealed_at == now + dt.timedelta(seconds=1)
