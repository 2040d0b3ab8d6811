"""The demo's networks: a first instalment is paid, the second return waits, and telling it again changes nothing."""

from ahsn.models import NetworkReturn
from audit.models import Event
from funds import watchdog
from infra.demo import instalments, rounds
from infra.demo.dates import Calendar
from infra.demo.people import gather
from tests.cast import NOW


def test_a_first_instalment_is_paid_once_however_often_it_is_told(db, payer):
    calendar = Calendar.before(NOW)
    people = gather(calendar.set_up)
    streams = rounds.streams(people, calendar)
    rounds.allocations(people, streams["ahsn_allocation"], calendar)
    assert instalments.pay_first(people, calendar) == 1
    states, events = NetworkReturn.objects.order_by("pk").values_list("state", flat=True), Event.objects.count()
    assert list(states) == ["accepted", "submitted"]
    assert (instalments.pay_first(people, calendar), Event.objects.count(), watchdog.differences()) == (1, events, [])
