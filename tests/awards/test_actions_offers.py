"""An offer commits exactly what the bid asked for, year by year, or nothing at all."""

import datetime as dt

import pytest
from django.db.models import Sum

from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.models import Event
from awards import actions
from awards.models import Award, AwardPartner, Condition, SpendLine
from funds.ledger import DoesNotFit
from funds.models import Envelope, LedgerEntry
from funds.states import EntryKind
from tests.cast import NOW, organisation, person
from tests.cast_awards import fill, won_bid
from tests.cast_bids import decided, draft, submitted

pytestmark = pytest.mark.django_db


def offer(bid, by, role=Role.FUND_MANAGER, at=NOW) -> Award:
    return actions.offer(bid=bid, by=by, role=role, at=at)


def everything() -> tuple[int, ...]:
    """Count all that an offer writes."""
    return tuple(model.objects.count() for model in (Award, AwardPartner, Condition, SpendLine, Envelope, LedgerEntry))


def crowd_out(pot: Envelope, leaving: int, by) -> None:
    """Commit the pot to other awards but for `leaving` pence."""
    fill(pot, pot.left_pence - leaving, by=by)


def test_the_award_is_what_the_bid_asked_for(award, bid):
    assert (award.reference, award.state, award.grant_pence) == (f"MFA-{award.pk:06d}", "offered", 4_025_000)
    assert (award.starts_on, award.ends_on) == (dt.date(2027, 3, 1), dt.date(2028, 2, 29))
    assert award.responsible_officer == bid.competition.responsible_officer


def test_partners_keep_their_costs_in_every_category(award):
    part = award.partners.get()
    assert {category: cost for category, cost in part.costs.items() if cost} == {
        "labour": 40_000, "overheads": 8_000, "materials": 9_501,
    }  # fmt: skip
    assert len(part.costs) == 7
    assert (part.cost_pounds, part.grant_pounds, part.match_pounds) == (57_501, 40_250, 17_251)


def test_each_year_is_committed_by_one_entry(award):
    entries = LedgerEntry.objects.filter(kind=EntryKind.COMMITTED).order_by("reference")
    assert list(entries.values_list("reference", "year", "pence")) == [
        (f"{award.reference}/2026-27", "2026-27", 335_417),
        (f"{award.reference}/2027-28", "2027-28", 3_689_583),
    ]


@pytest.mark.parametrize("level", ["award", "pot", "stream"])
def test_every_counter_moves_by_the_grant(award, level):
    where = {
        "award": award.envelope_id,
        "pot": award.bid.competition.pot_id,
        "stream": Envelope.objects.get(kind="stream").pk,
    }
    assert Envelope.objects.get(pk=where[level]).committed_pence == 4_025_000


def test_the_spend_profile_equals_the_award_to_the_penny(award):
    assert SpendLine.objects.filter(award=award).aggregate(total=Sum("pence"))["total"] == award.grant_pence


def test_a_consortium_is_profiled_partner_by_partner(consortium, fund_manager):
    award = offer(consortium, fund_manager)
    profiled = SpendLine.objects.filter(award=award).values_list("organisation").annotate(total=Sum("pence"))
    granted = AwardPartner.objects.filter(award=award).values_list("organisation", "grant_pounds")
    assert dict(profiled) == {organisation: pounds * 100 for organisation, pounds in granted}


def test_conditions_are_match_for_each_that_needs_it_and_checks_of_each_that_claims(consortium, fund_manager):
    award = offer(consortium, fund_manager)
    lead, trust = (part.organisation_id for part in award.partners.all())
    checks = ["bank", "viability", "due_diligence", "fraud"]
    assert list(Condition.objects.filter(award=award).values_list("organisation", "kind")) == [
        (lead, "match"), *((lead, kind) for kind in checks), *((trust, kind) for kind in checks),
    ]  # fmt: skip


def test_the_region_s_network_monitors_it(award, network):
    assert award.network == network


def test_of_two_networks_the_one_with_fewer_awards_monitors_it(award, competition, people):
    second = organisation(OrganisationKind.AHSN, "Another Fictional AHSN", region="London")
    newcomer = organisation(name="Newcomer Ltd", region="London")
    another = won_bid(competition, newcomer, person(Role.APPLICANT, newcomer))
    assert offer(another, people.fund_manager).network == second


def test_the_offer_is_on_the_record(award):
    event = Event.objects.get(verb="award.offered")
    assert event.subject == f"award:{award.reference}"
    assert event.changes["years"] == {"2026-27": 335_417, "2027-28": 3_689_583}
    assert event.changes["sha256"] == award.content_sha256


def test_what_does_not_fit_changes_nothing(bid, people):
    rest = Envelope.objects.get(pk=bid.competition.pot_id)
    crowd_out(rest, leaving=4_024_999, by=people.fund_manager)
    before = everything()
    with pytest.raises(DoesNotFit, match="has not enough left to commit"):
        offer(bid, people.fund_manager)
    assert everything() == before


def test_the_last_penny_fits(bid, people):
    crowd_out(Envelope.objects.get(pk=bid.competition.pot_id), leaving=4_025_000, by=people.fund_manager)
    offer(bid, people.fund_manager)
    assert Envelope.objects.get(pk=bid.competition.pot_id).left_pence == 0


def test_a_year_without_money_is_named(competition, sme, people):
    bid = won_bid(competition, sme, people.applicant)
    with pytest.raises(Refused, match=r"needs money in 2029-30, 2030-31, for which .* has no appropriation"):
        offer(bid, people.fund_manager, at=dt.datetime(2030, 1, 2, tzinfo=dt.UTC))


def test_a_second_offer_is_refused(award, bid, people):
    with pytest.raises(Refused, match=f"has award {award.reference} already"):
        offer(bid, people.fund_manager)


def test_only_a_successful_bid_gets_an_award(competition, sme, people):
    with pytest.raises(Refused, match="is submitted: only a successful bid gets an award"):
        offer(submitted(competition, sme, people.applicant), people.fund_manager)


def test_an_imported_bid_that_asks_for_no_grant_gets_no_award(competition, sme, people):
    bid = draft(competition, sme, people.applicant)
    bid.submit(by=people.applicant, at=NOW)
    bid.save()
    with pytest.raises(Refused, match="asks for no grant"):
        offer(decided(bid), people.fund_manager)


def test_a_finance_officer_cannot_offer(bid, people):
    with pytest.raises(Refused, match="Only a fund manager"):
        offer(bid, people.finance_officer, role=Role.FINANCE_OFFICER)


def test_a_claimed_role_is_not_believed(bid, people):
    with pytest.raises(Refused, match="Only a fund manager"):
        offer(bid, people.applicant)
