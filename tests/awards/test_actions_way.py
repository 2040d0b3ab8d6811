"""The way of an award from offer to payment, once, end to end."""

from awards.states import AwardState, ClaimState
from funds.models import Envelope, LedgerEntry
from tests.cast_awards import agree


def test_an_award_goes_from_offer_to_payment(claim, people):
    claim = agree(claim, people, "review", "approve", "instruct", "pay")
    assert claim.state == ClaimState.PAID
    assert claim.award.state == AwardState.LIVE
    assert list(
        LedgerEntry.objects.exclude(proposal=None).filter(kind__in=["instructed", "paid"]).values_list("kind", "pence")
    ) == [
        ("instructed", 700_000),
        ("paid", 700_000),
    ]
    assert Envelope.objects.get(award=claim.award).paid_pence == 700_000
