"""The watchdog finds a counter that is not what its entries say."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from funds.models import Envelope
from funds.watchdog import Difference, differences
from tests.funds.test_ledger import commit


def test_after_honest_entries_nothing_differs(competition):
    commit(competition, 1_000)
    assert differences() == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_counter_moved_by_hand_is_named(competition):
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE funds_envelope SET committed_pence = 7 WHERE id = %s", [competition.pot_id])
    connections["owner"].close()
    assert differences() == [Difference(competition.pot_id, "committed", 7, 0)]
    with pytest.raises(CommandError, match="1 counters differ"):
        call_command("recount", stderr=StringIO())


def test_the_command_says_how_many_entries_it_recounted(competition):
    out = StringIO()
    call_command("recount", stdout=out)
    assert out.getvalue() == "Every counter is the sum of its entries: 4 entries recounted.\n"
    assert Envelope.objects.get(pk=competition.pot_id).cap_pence == 50_000_000
