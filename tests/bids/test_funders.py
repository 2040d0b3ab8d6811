"""Who gives match funding is found, kept as an organisation once, and typed only where no register has it."""

from html import unescape

import pytest

from accounts import registers as known
from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from assessments.conflicts import parties_of
from bids import actions
from bids.actions.organisations import act_for
from bids.models import Bid, MatchSource, Partner
from bids.pledges import cited_twice
from bids.queries import content_of, same_money
from tests.cast import NOW, organisation
from tests.cast_bids import LABOUR, lead_partner, pledge
from tests.registers import registers
from tests.signing_in import signed_in

__all__ = ["registers"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
PLEDGE = {
    "kind": "equity", "funder": "new example", "amount_pounds": "5,000",
    "secured_on_day": "4", "secured_on_month": "1", "secured_on_year": "2027",
    "available_on_day": "4", "available_on_month": "1", "available_on_year": "2027",
}  # fmt: skip


@pytest.fixture
def part(bid, applicant) -> Partner:
    """The lead's part, with £60,000 of costs at 70 %."""
    part = lead_partner(bid)
    actions.set_costs(partner=part, lines=[LABOUR], by=applicant, at=NOW)
    return actions.set_funding(partner=part, percent=70, other_public_pounds=0, by=applicant, at=NOW)


def declare(user: User, part: Partner, **typed: str) -> str:
    path = f"/bids/{part.bid.reference}/partners/{part.pk}/match/add"
    return unescape(signed_in(user).post(path, PLEDGE | typed, follow=True).content.decode())


def test_what_is_typed_is_looked_for_and_nothing_is_lost(part, applicant, registers):
    page = declare(applicant, part)
    for text in (
        "Choose who of these is “new example”.",
        "Companies House 98000002",
        "Another organisation:",
        "A person:",
    ):
        assert text in page
    assert 'value="5,000"' in page
    assert MatchSource.objects.count() == 0


def test_a_chosen_company_is_registered_once(part, applicant, registers):
    for amount in ("1", "2"):
        chosen = {"chosen": "sme-98000002"} if amount == "1" else {
            "chosen": f"known-{Organisation.objects.get(company_number='98000002').pk}"
        }  # fmt: skip
        assert "The source is declared." in declare(applicant, part, amount_pounds=amount, **chosen)
    made = Organisation.objects.get(company_number="98000002")
    assert (made.name, made.kind, made.is_verified) == ("NEW EXAMPLE LTD", OrganisationKind.FUNDER, True)
    assert set(MatchSource.objects.values_list("funder", "organisation")) == {("NEW EXAMPLE LTD", made.pk)}


def test_a_company_is_found_by_its_number(part, applicant, registers):
    assert "NEW EXAMPLE LTD" in declare(applicant, part, funder="98000002")


def test_what_no_register_has_is_typed_and_flagged(part, applicant, registers):
    declare(applicant, part, funder="Acme Inc", chosen="typed")
    giver = MatchSource.objects.get().organisation
    assert (giver.name, giver.is_verified) == ("Acme Inc", False)
    assert giver.unverified_because == "Typed by an applicant: not among those that were found."


def test_a_register_that_is_away_is_told_and_kept(part, applicant, registers):
    registers.tell("always 500")
    assert "Companies House answers with an error (500)." in declare(applicant, part, funder="Acme Inc")


def test_a_person_stays_a_name(part, applicant):
    declare(applicant, part, funder="Ada Angel", chosen="person")
    assert (MatchSource.objects.get().funder, MatchSource.objects.get().organisation) == ("Ada Angel", None)


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"funder": "Kite Ltd", "chosen": "person"}, "chosen", "is the name of a company"),
        ({"funder": "RX1", "chosen": "known"}, "chosen", "St Elsewhere is public money, which cannot be match funding"),
        ({"funder": "98000004", "chosen": "sme-98000004"}, "chosen", "cannot give match funding"),
        ({"funder": "SC999999", "chosen": "typed"}, "chosen", "“SC999999” is no name."),
        ({"chosen": "sme-99999999"}, "chosen", "Choose who gives the money."),
        ({"chosen": "known-1e9"}, "chosen", "Choose who gives the money."),
        ({"funder": "Breathe", "chosen": "self"}, "chosen", "itself is own reserves. Choose that kind above."),
        ({"kind": "own_reserves", "funder": "Kite Ltd"}, "funder", "Own reserves are money of"),
        ({"funder": "x\0y", "chosen": "typed"}, "funder", "Null characters are not allowed."),
    ],
)
def test_who_cannot_give_is_refused_beside_the_field(part, applicant, trust, registers, typed, field, why):
    own = part.organisation
    keys = {"known": f"known-{trust.pk}", "self": f"known-{own.pk}"}
    typed = {name: keys.get(value, value) for name, value in typed.items()}
    typed = {n: {"RX1": trust.ods_code, "Breathe": own.name}.get(v, v) for n, v in typed.items()}
    page = declare(applicant, part, **typed)
    assert why.replace("St Elsewhere", trust.name) in page
    assert f'href="#id_{field}' in page
    assert MatchSource.objects.count() == 0


def test_what_others_typed_is_found_by_its_whole_name_only(part):
    organisation(OrganisationKind.FUNDER, "Secret Customer Inc")
    assert known.funders("Secret") == ([], "")
    assert [hit.name for hit in known.funders("secret customer inc")[0]] == ["Secret Customer Inc"]


def test_a_funder_is_a_party_by_its_number(part, applicant, bid):
    giver = organisation(OrganisationKind.FUNDER, "Kite Ltd", company_number="98000002")
    pledge(part, applicant, 10, kind="equity", funder="Kite Ltd", organisation=giver)
    pledge(part, applicant, 10, kind="equity", funder="Ada Angel")
    found = [p for p in parties_of([bid]) if p.part == "match_funder"]
    assert [(p.organisation_id, p.company_number, p.is_typed) for p in found] == [
        (giver.pk, "98000002", False), (None, "", True),
    ]  # fmt: skip


def test_the_same_pledge_is_found_under_another_name(part, applicant):
    giver = organisation(OrganisationKind.FUNDER, "Kite Ltd", company_number="98000002")
    one, other = (pledge(part, applicant, 10, kind="equity", funder=n, organisation=giver) for n in ("Kite", "Kyte"))
    assert list(same_money(one)) == [other]
    assert cited_twice([one]) == {one.pk: [other]}


def test_a_funder_that_bids_itself_is_not_typed_again(part, applicant):
    giver = organisation(OrganisationKind.FUNDER, "Kite Ltd", company_number="98000002")
    user = User.objects.create_user("kit@example.org", full_name="Kit")
    facts = {"name": "Kite Ltd", "company_number": "98000002", "size": "small"}
    became = act_for(by=user, at=NOW, kind="sme", **facts)
    assert (became.pk, became.kind, became.size) == (giver.pk, "sme", "small")
    assert user.memberships.get().role == Role.APPLICANT


def test_a_funder_that_was_typed_and_bids_itself_is_not_typed_again(part, applicant):
    giver = organisation(OrganisationKind.FUNDER, "Kite Foundation")
    user = User.objects.create_user("kit@example.org", full_name="Kit")
    became = act_for(by=user, at=NOW, kind="charity", name="Kite foundation", charity_number="1234567")
    assert (became.pk, became.kind, became.charity_number) == (giver.pk, "charity", "1234567")


def test_a_submitted_pledge_keeps_whose_it_is(part, applicant, bid):
    giver = organisation(OrganisationKind.FUNDER, "Kite Ltd", company_number="98000002")
    pledge(part, applicant, 10, kind="equity", funder="Kite Ltd", organisation=giver)
    pledge(part, applicant, 10, kind="equity", funder="Ada Angel")
    sources = content_of(Bid.objects.get(pk=bid.pk))["partners"][0]["match_sources"]
    assert [s.get("organisation_id") for s in sources] == [giver.pk, None]
