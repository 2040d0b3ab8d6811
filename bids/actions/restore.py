"""Bring a reopened bid back to a submitted version."""

import datetime as dt
from decimal import Decimal
from typing import Any

from bids.aid import digest_of
from bids.models import AidDeclaration, AidReceived, Answer, Bid, BidVersion, CostLine, Document, MatchSource, Partner

_MONEY = ("size", "working_days", "cost_pounds", "other_public_pounds", "grant_pounds", "match_pounds")


def restore(bid: Bid, version: BidVersion) -> None:
    """Write the rows of a locked, reopened bid again as the version holds them.

    A partner who joined since and whose match funding already has evidence stays, with costs of £0. Documents that
    were put aside since come back; those that were added since are put aside.
    """
    content = version.content
    bid.title, bid.category, bid.clinical_area = content["title"], content["category"], content["clinical_area"]
    bid.start_on = dt.date.fromisoformat(content["start_on"]) if content["start_on"] else None
    bid.months = content["months"]
    bid.save(update_fields=["title", "category", "clinical_area", "start_on", "months"])
    _answers(bid, version)
    _partners(bid, content["partners"])
    _documents(bid, version, {d["id"] for d in content["documents"]})


def _answers(bid: Bid, version: BidVersion) -> None:
    texts = {a["slug"]: a["text"] for a in version.content["answers"]}
    for answer in Answer.objects.filter(bid=bid).select_related("question"):
        if answer.question.slug not in texts:
            answer.delete()
        elif (text := texts[answer.question.slug]) != answer.text or not answer.is_complete:
            answer.text, answer.is_complete, answer.version = text, True, answer.version + 1
            answer.saved_by_id, answer.saved_at = version.by_id, version.at
            answer.save()


def _partners(bid: Bid, wanted: list[dict[str, Any]]) -> None:
    there = {p.organisation_id: p for p in Partner.objects.filter(bid=bid)}
    for content in wanted:
        partner = there.pop(content["organisation_id"], None) or Partner(
            bid=bid, organisation_id=content["organisation_id"], is_lead=content["is_lead"]
        )
        for field in _MONEY:
            setattr(partner, field, content[field])
        partner.percent = Decimal(content["percent"])
        partner.save()
        partner.cost_lines.all().delete()
        CostLine.objects.bulk_create(
            CostLine(
                partner=partner, category=line["category"], description=line["description"], inputs=line["inputs"],
                amount=Decimal(line["amount"]),
            )
            for line in content["costs"]
        )  # fmt: skip
        _sources(partner, content["match_sources"])
        if "aid" in content:
            _aid(partner, content["aid"])
    for partner in there.values():
        _take_out(partner)


def _aid(partner: Partner, declared: dict[str, Any]) -> None:
    AidDeclaration.objects.filter(partner=partner).delete()
    partner.aid_received.all().delete()
    for row in declared["rows"]:
        AidReceived.objects.create(
            partner=partner, giver=row["giver"], scheme=row["scheme"], currency=row["currency"],
            granted_on=dt.date.fromisoformat(row["granted_on"]), amount=Decimal(row["amount"]),
            pounds_per_euro=Decimal(row["pounds_per_euro"]),
        )  # fmt: skip
    if declared["confirmed_at"]:
        AidDeclaration.objects.create(
            partner=partner, confirmed_by_id=declared["confirmed_by"], sha256=digest_of(partner.aid_received.all()),
            confirmed_at=dt.datetime.fromisoformat(declared["confirmed_at"]),
        )  # fmt: skip


def _sources(partner: Partner, wanted: list[dict[str, Any]]) -> None:
    """Declare again what was dropped since; what was declared since stays, as it only helps."""
    there = {(s.kind, s.funder, s.amount_pounds, s.secured_on) for s in partner.match_sources.all()}
    for pledge in wanted:
        secured, available = (dt.date.fromisoformat(pledge[f]) for f in ("secured_on", "available_on"))
        if (pledge["kind"], pledge["funder"], pledge["amount_pounds"], secured) not in there:
            MatchSource.objects.create(
                partner=partner, kind=pledge["kind"], funder=pledge["funder"],
                organisation_id=pledge.get("organisation_id"),
                amount_pounds=pledge["amount_pounds"], secured_on=secured, available_on=available,
            )  # fmt: skip


def _take_out(partner: Partner) -> None:
    if not Document.objects.filter(match_source__partner=partner).exists():
        partner.delete()
        return
    partner.cost_lines.all().delete()
    partner.percent = Decimal(0)
    partner.cost_pounds = partner.other_public_pounds = partner.grant_pounds = partner.match_pounds = 0
    partner.save()


def _documents(bid: Bid, version: BidVersion, wanted: set[int]) -> None:
    documents = Document.objects.filter(bid=bid, match_source=None)
    documents.filter(deleted_at=None).exclude(pk__in=wanted).update(deleted_at=version.at)
    documents.filter(pk__in=wanted).exclude(deleted_at=None).update(deleted_at=None)
