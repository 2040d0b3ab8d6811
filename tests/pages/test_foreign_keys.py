"""What belongs to another organisation: its keys, put into one's own forms and addresses, move nothing of it."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Organisation
from accounts.states import OrganisationKind, Role
from bids.models import Bid
from tests.bids.cast_pages import half_written
from tests.cast import organisation, person
from tests.pages.cast_bids import keys_of
from tests.pages.hostile import Stranger, forms_of
from tests.pages.keys import BID_KEYS, KEYS
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.deep]
# Names under which a careless form would take a key.
NAMES = (
    "bid",
    "bid_id",
    "lead",
    "partner",
    "organisation",
    "document",
    "source",
    "match_source",
    "seat",
    "claim",
    "by",
)
WITH_PARTS = [name for name, keys in BID_KEYS.items() if {"partner", "document"} & {*keys}]
AWARD_FORMS = ("claim_start", "claim_edit", "claim_submit", "award_accept", "award_decline")


@pytest.fixture
def theirs(competition, rival, store) -> Bid:
    """The rival's half-written bid, with the same kinds of parts as one's own."""
    writer = person(Role.APPLICANT, rival, "Olive Other")
    return half_written(competition, rival, writer, organisation(OrganisationKind.NHS_BODY, "Sampletown Infirmary"))


@pytest.fixture
def me(applicant) -> Stranger:
    """An applicant of another organisation, with bad intent."""
    return Stranger(signed_in(applicant), "applicant")


def everything_of(bid: Bid) -> list[Any]:
    """Return every row of a bid and of its lead."""
    rows: list[Any] = [*Organisation.objects.filter(pk=bid.lead_id).values(), *Bid.objects.filter(pk=bid.pk).values()]
    for part in bid.partners.order_by("pk"):
        rows += [part.pk, *part.cost_lines.order_by("pk").values(), *part.match_sources.order_by("pk").values()]
    documents, answers = bid.documents.order_by("pk").values(), bid.answers.order_by("pk").values()
    return [*rows, *bid.partners.order_by("pk").values(), *documents, *answers]


def foreign(bid: Bid) -> dict[str, str]:
    """Return the rival's keys under every name that a form might listen to."""
    keys = {name: str(key) for name, key in keys_of(bid).items()}
    same = {"organisation": bid.lead_id, "lead": bid.lead_id, "match_source": keys["source"], "bid": bid.pk}
    return {name: str(bid.pk) for name in NAMES} | keys | {name: str(key) for name, key in same.items()}


def attacked(me: Stranger, address: str, theirs: Bid) -> list[str]:
    """Send one's own forms with the rival's keys added, and instead of each choice; return what moved of the rival."""
    stood, keys, moved = everything_of(theirs), foreign(theirs), []

    def look() -> None:
        if everything_of(theirs) != stood:
            moved.append(form.action)

    for form in forms_of(me.ask("GET", address).content, address):
        sent = [form.fields | keys]
        sent += [form.fields | {name: key} for name in form.fields for key in {*keys.values()}]
        for fields in sent:
            me.ask("POST", form.action, fields, look=look)
    return moved


@pytest.mark.parametrize("name", [*BID_KEYS, "bid_start"])
def test_their_keys_in_my_forms_move_nothing_of_theirs(name, me, theirs, request):
    address = reverse(name, kwargs=KEYS[name](request.getfixturevalue))
    assert (attacked(me, address, theirs), me.failures) == ([], [])


@pytest.mark.parametrize("name", AWARD_FORMS)
def test_their_keys_in_the_forms_of_my_award_move_nothing_of_theirs(name, me, theirs, request):
    address = reverse(name, kwargs=KEYS[name](request.getfixturevalue))
    assert (attacked(me, address, theirs), me.failures) == ([], [])


@pytest.mark.parametrize("name", WITH_PARTS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_their_parts_are_not_found_below_my_bid_nor_my_parts_below_theirs(name, method, me, written_bid, theirs):
    mine, other = ({key: keys_of(bid)[key] for key in ("reference", *BID_KEYS[name])} for bid in (written_bid, theirs))
    mixed = [other | {"reference": mine["reference"]}, mine | {"reference": other["reference"]}, other]
    answers = [me.ask(method, reverse(name, kwargs=keys)) for keys in mixed]
    assert {(answer.status, answer.events) for answer in answers} in ({(404, 0)}, {(405, 0)})
