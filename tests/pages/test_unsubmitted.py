"""Nobody but a bid's own people reads what has not been submitted: not on a page, not in a file, not in the record."""

import datetime as dt
import io
import itertools
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.models import EuroRate, User
from audit.pack import write_pack
from bids import actions, reminders
from bids.actions.aid import add_aid
from bids.actions.invitations import invite
from bids.actions.team import assign, touch
from bids.models import Bid
from funds.models import SubsidyRegime
from tests.cast import NOW
from tests.cast_bids import draft, evidence, lead_partner, pdf, pledge, submitted
from tests.pages.rows import ROLES, ROWS
from tests.signing_in import signed_in

WORD = "Zyzzyva"
SAID = WORD.lower().encode()
OUTSIDE = [role for role in ROLES if role != "applicant"]
LINE = {"category": "materials", "description": f"{WORD} sensors", "inputs": {"quantity": "7", "unit_pounds": "11"}}
FIVE_DAYS_LEFT = NOW + dt.timedelta(days=21)


def hide(bid: Bid, by: User) -> Bid:
    """Write the word into all that a bid's people can write, and do all that is written to somebody about it."""
    by_now: dict[str, Any] = {"by": by, "at": NOW}
    actions.save_basics(bid=bid, title=f"{WORD} title", **by_now)
    for question in bid.competition.questions.all():
        there = bid.answers.filter(question=question).first()
        version = there.version if there else 0
        actions.save_answer(bid=bid, question=question, text=f"{WORD} text", version=version, **by_now)
    part = lead_partner(bid)
    for source in part.match_sources.all():
        actions.drop_match(source=source, **by_now)
    actions.set_costs(partner=part, lines=[LINE], **by_now)
    part = actions.set_funding(partner=part, percent=50, other_public_pounds=0, **by_now)
    source = pledge(part, by, part.match_pounds, funder=f"{WORD} Ventures")
    evidence(source, by, f"{WORD} {bid.pk}")
    add_aid(
        partner=part, giver=f"{WORD} agency", scheme=f"{WORD} scheme", granted_on=NOW.date(), amount=Decimal(5),
        currency="GBP", **by_now,
    )  # fmt: skip
    facts = {"filename": f"{WORD}.pdf", "kind": "appendix", **by_now}
    for kept in (True, False):
        found = actions.attach_document(bid=bid, file=pdf(f"{WORD} {bid.pk} {kept}"), **facts)
        actions.record_scan(document=found, clean=kept, at=NOW)
    invite(bid=bid, organisation=bid.lead, email=f"guest.{bid.pk}@example.org", role="editor", **by_now)
    assign(bid=bid, section="details", person=by, **by_now)
    touch(bid=bid, section="details", **by_now)
    Bid.objects.filter(pk=bid.pk).update(clinical_area=f"{WORD} area")
    return Bid.objects.get(pk=bid.pk)


@pytest.fixture
def hidden(competition, sme, applicant, store) -> list[Bid]:
    """Bids with the word in what was never submitted: a draft, a reopened one, and both of these withdrawn."""
    bids = [draft(competition, sme, applicant) for _ in range(2)]
    for _ in range(2):
        bids.append(submitted(competition, sme, applicant, "As sent"))
        actions.reopen(bid=bids[-1], by=applicant, at=NOW)
    SubsidyRegime.objects.update(aid_limit=315_000, aid_currency="GBP")  # so that earlier aid is asked for
    EuroRate.objects.get_or_create(on=dt.date(2026, 12, 31), pounds_per_euro=Decimal("0.9"), source="Fictional")
    bids = [hide(Bid.objects.get(pk=bid.pk), applicant) for bid in bids]
    reminders.remind(FIVE_DAYS_LEFT)
    for bid in (bids[1], bids[3]):
        actions.withdraw(bid=bid, by=applicant, at=NOW)
    return bids


def addresses(bids: list[Bid]) -> list[str]:
    """Return every address with every key of these bids, their parts and their competition that fits it."""
    return sorted({address for bid in bids for address in addresses_of(bid)})


def addresses_of(bid: Bid) -> Iterator[str]:
    """Yield every address of a bid, its parts and its competition."""
    call, part = bid.competition, lead_partner(bid)
    document = bid.documents.get(match_source=None, scan="clean").pk
    keys: dict[str, list[Any]] = {
        "bid": [bid.reference],
        "partner": [part.pk],
        "source": [part.match_sources.get().pk],
        "document": [document],
        "key": [0, document, bid.created_by.messages.last().pk],
        "member": [bid.created_by_id],
        "invitation": [bid.invitations.get().pk],
        "organisation": [bid.lead_id],
        "competition": [call.reference],
        "code": [call.stream.code],
        "table": ["bids", "costs", "partners", "match"],
        "section": ["details"],
        "slug": ["question-1"],
        "category": ["materials"],
    }
    for name in ROWS:
        route, names = get_resolver().reverse_dict.getlist(name)[0][0][0]
        keys["reference"] = [bid.reference if route.startswith("bids/") else call.reference]
        for values in itertools.product(*(keys.get(key, ["1"]) for key in names)):
            with suppress(NoReverseMatch):
                yield reverse(name, kwargs=dict(zip(names, values, strict=True)))


def telling(client: Client, found: list[str]) -> list[str]:
    """Return the addresses that say the word."""
    return [address for address in found if SAID in read(client, address).lower()]


def read(client: Client, address: str) -> bytes:
    """Return all that an address answers, the parts of a workbook or a pack unpacked, and where it sends one."""
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.headers.get("Location", "").encode() + unpacked(body)


def unpacked(body: bytes) -> bytes:
    """Return a page as it stands, the words of a PDF, and what is packed in a zip."""
    if body.startswith(b"%PDF"):
        return subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True).stdout
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as pack:
        return b"\n".join(pack.read(name) for name in pack.namelist())


@pytest.mark.django_db
@pytest.mark.parametrize("role", OUTSIDE)
def test_no_address_tells_who_is_not_of_the_bid(role, people, hidden):
    found = addresses(hidden)
    assert telling(signed_in(people(role)), found) == []


@pytest.mark.django_db
def test_their_own_people_read_it_there(applicant, hidden):
    found = [reverse("bid", args=[bid.reference]) for bid in hidden]
    assert telling(signed_in(applicant), found) == found


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_auditors_pack_does_not_tell(hidden):
    out = io.BytesIO()
    write_pack(out)
    pack = unpacked(out.getvalue())
    assert (hidden[2].reference.encode() in pack, SAID in pack.lower()) == (True, False)
