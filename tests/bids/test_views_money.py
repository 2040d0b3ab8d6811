"""Partners, costs, funding and match funding through the pages."""

import datetime as dt
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from bids import actions
from bids.models import CostLine, MatchSource, Partner
from bids.overview import line_key
from tests.bids.cast_pages import appendix
from tests.cast import NOW
from tests.cast_bids import LABOUR, START_ON, lead_partner, pdf, pledge
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "store")]
LABOUR_TYPED = {"description": "Engineer", "gross_pounds": "£67,500", "days": "200"}
PLEDGE = {
    "kind": "customer", "funder": "Customer Example Ltd", "chosen": "typed", "amount_pounds": "5,000",
    "secured_on_day": "4", "secured_on_month": "1", "secured_on_year": "2027",
    "available_on_day": "1", "available_on_month": "5", "available_on_year": "2027",
}  # fmt: skip
DATED = {"dated_on_day": "20", "dated_on_month": "1", "dated_on_year": "2027"}


@pytest.fixture
def part(bid) -> Partner:
    """The lead's part of a new bid."""
    return lead_partner(bid)


@pytest.fixture
def costed(part, applicant) -> Partner:
    """The lead's part with £60,000 of costs at 70 %."""
    actions.set_costs(partner=part, lines=[LABOUR], by=applicant, at=NOW)
    return actions.set_funding(partner=part, percent=70, other_public_pounds=0, by=applicant, at=NOW)


def address(part: Partner, path: str) -> str:
    return f"/bids/{part.bid.reference}/partners/{part.pk}/{path}"


def post(user: User, path: str, **typed) -> str:
    return unescape(signed_in(user).post(path, typed, follow=True).content.decode())


def money(part: Partner) -> tuple[int, int, int, int]:
    fresh = Partner.objects.get(pk=part.pk)
    return fresh.cost_pounds, fresh.grant_pounds, fresh.other_public_pounds, fresh.match_pounds


# Partners


def test_a_partner_is_added_by_its_number(bid, applicant, trust):
    path = f"/bids/{bid.reference}/partners/add"
    page = post(applicant, f"{path}?kind=nhs_body", ods_code=trust.ods_code)
    assert "St Elsewhere takes part." in page
    assert list(bid.partners.values_list("organisation__name", flat=True)) == ["Breathe Example Ltd", "St Elsewhere"]


def test_a_kind_that_may_not_be_a_partner_is_no_choice(bid, applicant):
    page = unescape(signed_in(applicant).get(f"/bids/{bid.reference}/partners/add?kind=department").content.decode())
    assert "Select a valid choice" in page
    assert "Government department" not in page.split("Select a valid choice")[0]


def test_a_partner_is_removed_once_asked_again(bid, applicant, trust):
    partner = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert "Remove St Elsewhere" in signed_in(applicant).get(address(partner, "remove")).content.decode()
    assert "St Elsewhere takes part no longer." in post(applicant, address(partner, "remove"), sure="yes")
    assert bid.partners.count() == 1


def test_the_lead_stays(part, applicant):
    assert "The lead cannot be removed from its own bid." in post(applicant, address(part, "remove"), sure="yes")


def test_another_size_asks_for_the_percentage_again(costed, applicant):
    assert "The size of Breathe Example Ltd is saved." in post(applicant, address(costed, "size"), size="medium")
    assert money(costed) == (60_000, 0, 0, 60_000)


# Costs


def test_a_line_is_added_and_the_identity_shown(part, applicant):
    page = post(applicant, address(part, "costs/labour/add"), **LABOUR_TYPED)
    assert "£67,500 a year ÷ 225 working days × 200 days" in page
    assert money(part) == (60_000, 0, 0, 60_000)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"gross_pounds": ""}, "Enter the gross annual cost."),
        ({"gross_pounds": "-5"}, "The gross annual cost must be between 0.01 and 1,000,000,000."),
        ({"gross_pounds": "NaN"}, "The gross annual cost must be a number, such as 1250."),
        ({"gross_pounds": "1" + "0" * 15}, "The gross annual cost must be between 0.01 and 1,000,000,000."),
        ({"gross_pounds": "1.123456789012"}, "The gross annual cost must be given to 2 decimals at most."),
        ({"days": "0"}, "The number of days on the project must be between 1 and 100,000."),
        ({"description": "x" * 201}, "Use at most 200 characters."),
    ],
)
def test_a_bad_figure_is_refused_beside_its_field(part, applicant, typed, why):
    typed = LABOUR_TYPED | typed
    page = post(applicant, address(part, "costs/labour/add"), **typed)
    assert why in page
    assert f'href="#id_{next(k for k, v in typed.items() if LABOUR_TYPED[k] != v)}"' in page
    assert all(f'value="{value}"' in page for value in typed.values() if value)
    assert CostLine.objects.count() == 0


def test_full_width_digits_are_numbers(part, applicant):
    post(applicant, address(part, "costs/labour/add"), **LABOUR_TYPED | {"days": "２００"})
    assert money(part)[0] == 60_000


def test_stated_overheads_ask_for_their_amount(part, applicant):
    page = post(applicant, address(part, "costs/overheads/add"), kind="stated")
    assert 'href="#id_stated_pounds"' in page
    post(applicant, address(part, "costs/overheads/add"), kind="stated", stated_pounds="1,000")
    assert money(part)[0] == 1_000


def test_stated_overheads_lead_to_their_workings(part, applicant):
    path = address(part, "costs/workings")
    assert path not in signed_in(applicant).get(address(part, "costs")).content.decode()
    assert path in post(applicant, address(part, "costs/overheads/add"), kind="stated", stated_pounds="1,000")
    file = SimpleUploadedFile("workings.pdf", pdf().getvalue())
    assert "The workings are uploaded." in post(applicant, path, file=file)
    assert part.bid.documents.get().kind == "overhead_workings"


def test_a_line_is_changed(costed, applicant):
    key = line_key(costed.cost_lines.get())
    path = address(costed, f"costs/labour/{key}")
    assert 'value="67500"' in signed_in(applicant).get(path).content.decode()
    post(applicant, path, was=key, **LABOUR_TYPED | {"days": "100"})
    assert money(costed) == (30_000, 21_000, 0, 9_000)


def test_a_line_that_somebody_changed_meanwhile_is_saved_as_a_new_one_once_seen(costed, applicant):
    key = line_key(costed.cost_lines.get())
    path = address(costed, f"costs/labour/{key}")
    post(applicant, path, was=key, **LABOUR_TYPED | {"days": "100"})
    page = post(applicant, path, was=key, **LABOUR_TYPED | {"days": "50"})
    assert "Somebody has changed or removed this line meanwhile." in page
    assert 'name="was" value=""' in page or 'name="was" id="id_was"' in page
    assert CostLine.objects.count() == 1
    post(applicant, path, was="", **LABOUR_TYPED | {"days": "50"})
    assert CostLine.objects.count() == 2


@pytest.mark.parametrize("key", ["-1", "x" * 16, "0" * 17])
def test_a_line_that_can_never_have_been_is_not_found(costed, applicant, key):
    path = address(costed, f"costs/labour/{key}")
    assert signed_in(applicant).post(path, LABOUR_TYPED).status_code == 404


def test_a_line_is_removed(costed, applicant):
    key = line_key(costed.cost_lines.get())
    assert "The line is removed." in post(applicant, address(costed, f"costs/{key}/remove"), sure="yes")
    assert money(costed) == (0, 0, 0, 0)
    assert "Somebody has changed or removed this line" in post(
        applicant, address(costed, f"costs/{key}/remove"), sure="yes"
    )


def test_working_days_change_what_labour_costs(costed, applicant):
    post(applicant, address(costed, "costs"), working_days="250")
    assert money(costed)[0] == 54_000


def test_a_category_that_is_not_paid_is_not_found(part, applicant):
    assert signed_in(applicant).get(address(part, "costs/yachts/add")).status_code == 404


# Funding


def test_the_grant_and_the_match_follow_from_the_percentage(costed, applicant):
    post(applicant, address(costed, "funding"), percent="62.5%", other_public_pounds="£1,000")
    assert money(costed) == (60_000, 36_500, 1_000, 22_500)


@pytest.mark.parametrize(
    ("percent", "other", "field", "why"),
    [
        ("70.01", "0", "percent", "70.01 % is too much. You can ask for 70 % because small, feasibility study."),
        ("-1", "0", "percent", "The percentage must be between 0 and 100."),
        ("101", "0", "percent", "The percentage must be between 0 and 100."),
        ("NaN", "0", "percent", "Enter a percentage, such as 70 or 62.5."),
        ("50", "60001", "other_public_pounds", "Other public funding of £60,001 is more than the costs of £60,000."),
        ("50", "-1", "other_public_pounds", "Other public funding cannot be less than £0."),
        ("50", "1.5", "other_public_pounds", "Enter a sum in whole pounds, such as 12,500."),
    ],
)
def test_a_claim_that_cannot_be_is_refused_beside_its_field(costed, applicant, percent, other, field, why):
    page = post(applicant, address(costed, "funding"), percent=percent, other_public_pounds=other)
    assert why in page
    assert f'href="#id_{field}"' in page
    assert money(costed) == (60_000, 42_000, 0, 18_000)


# Match funding


def test_a_source_is_declared_and_covers_what_is_needed(costed, applicant):
    page = post(applicant, address(costed, "match/add"), **PLEDGE)
    assert "The source is declared." in page
    source = MatchSource.objects.get()
    assert (source.amount_pounds, source.available_on) == (5_000, dt.date(2027, 5, 1))
    assert "Match funding of £18,000 is needed and £5,000 is declared." in page


def test_own_reserves_are_those_of_the_partner_without_typing_its_name(costed, applicant):
    post(applicant, address(costed, "match/add"), **PLEDGE | {"kind": "own_reserves", "funder": ""})
    assert MatchSource.objects.get().funder == costed.organisation.name


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"funder": "Leeds City Council"}, "funder", "Leeds City Council is public money, which cannot be match"),
        ({"kind": "equity", "funder": ""}, "funder", "Say who gives the match funding."),
        ({"amount_pounds": "0"}, "amount_pounds", "Match funding must be at least £1."),
        ({"amount_pounds": "1e15"}, "amount_pounds", "Enter a sum in whole pounds, such as 12,500."),
        ({"secured_on_year": "2028"}, "secured_on", "Match funding must be secured already"),
        ({"secured_on_day": "31", "secured_on_month": "2"}, "secured_on", "There is no such day."),
        ({"available_on_year": "2026"}, "available_on", "Match funding cannot be available before it was secured."),
        ({"available_on_year": "2029"}, "available_on", "This money is available only after the project has ended."),
        ({"kind": "in_kind"}, "kind", "Select a valid choice."),
    ],
)
def test_a_source_that_is_no_match_funding_is_refused_beside_its_field(costed, applicant, typed, field, why):
    actions.save_basics(bid=costed.bid, start_on=START_ON, months=12, by=applicant, at=NOW)
    page = post(applicant, address(costed, "match/add"), **PLEDGE | typed)
    assert why in page
    assert f'href="#id_{field}"' in page
    assert MatchSource.objects.count() == 0


def test_evidence_moves_a_source_on(costed, applicant):
    source = pledge(costed, applicant, 18_000)
    file = SimpleUploadedFile("statement.pdf", pdf().read(), "application/pdf")
    page = post(applicant, address(costed, f"match/{source.pk}/evidence"), file=file, **DATED)
    assert "The evidence is uploaded." in page
    assert MatchSource.objects.get().state == "evidenced"


def test_a_statement_that_is_too_old_leaves_nothing_behind(costed, applicant):
    source = pledge(costed, applicant, 18_000)
    file = SimpleUploadedFile("statement.pdf", pdf().read(), "application/pdf")
    page = post(
        applicant, address(costed, f"match/{source.pk}/evidence"), file=file, **DATED | {"dated_on_year": "2026"}
    )
    assert "A bank statement may be at most 90 days old: a newer one is needed." in page
    assert source.documents.count() == 0


def test_a_file_that_is_no_document_is_refused_in_words(costed, applicant):
    source = pledge(costed, applicant, 18_000)
    file = SimpleUploadedFile("statement.pdf", b"MZ\x90\x00 not a PDF", "application/pdf")
    page = post(applicant, address(costed, f"match/{source.pk}/evidence"), file=file, **DATED)
    assert "This type of file is not taken." in page
    assert 'href="#id_file"' in page
    assert source.documents.count() == 0


def test_a_source_without_evidence_can_be_removed(costed, applicant):
    source = pledge(costed, applicant, 18_000)
    assert "The source is removed." in post(applicant, address(costed, f"match/{source.pk}/remove"), sure="yes")


def test_a_source_of_another_partner_is_not_found(costed, applicant, trust):
    source = pledge(costed, applicant, 18_000)
    other = actions.add_partner(bid=costed.bid, organisation=trust, by=applicant, at=NOW)
    path = address(other, f"match/{source.pk}/remove")
    assert signed_in(applicant).post(path).status_code == 404


# Documents


def test_a_document_is_uploaded_opened_and_put_aside(bid, applicant):
    file = SimpleUploadedFile("a b.pdf", pdf().read(), "application/pdf")
    page = post(applicant, f"/bids/{bid.reference}/documents", file=file, kind="other")
    document = bid.documents.get()
    assert "Waiting to be scanned" in page
    path = f"/bids/{bid.reference}/documents/{document.pk}"
    assert "a b.pdf is waiting to be scanned, so it cannot be opened." in unescape(
        signed_in(applicant).get(path, follow=True).content.decode()
    )
    actions.record_scan(document=document, clean=True, at=NOW)
    assert "X-Amz-Expires=60" in signed_in(applicant).get(path).headers["Location"]
    assert "a b.pdf is removed." in post(applicant, f"{path}/remove", sure="yes")


def test_a_document_of_another_bid_is_not_found(bid, ready_bid, applicant):
    document = appendix(ready_bid, applicant)
    assert signed_in(applicant).get(f"/bids/{bid.reference}/documents/{document.pk}").status_code == 404


@pytest.mark.parametrize("path", ["costs", "funding", "match/add", "size", "costs/labour/add"])
def test_the_money_of_another_partner_is_not_changed(bid, applicant, trust, trust_person, path):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    page = unescape(signed_in(trust_person).get(address(lead_partner(bid), path), follow=True).content.decode())
    assert "Only people of the lead or of this partner can change its costs and match funding." in page
