"""What cannot be right, typed into any box of a form: said beside the box, kept in it, and nothing else is done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from lxml import html

from assessments.actions import answer_complaint
from audit.models import Event
from bids.models import Bid, CostLine
from funds.models import Proposal
from tests.cast_assessments import STAFF
from tests.cast_bids import lead_partner
from tests.pages.hostile import forms_of
from tests.pages.keys import KEYS
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NUMBERS = (
    "1000000000000000", "1" + "0" * 30, "-1", "1.123456789012", "NaN", "sNaN", "Infinity", "1e999999", "0x10",
    "²", "½", "12abc", "\u202e12\u202c1", "1\u200b2x", "--", "a" * 50_000,
)  # fmt: skip
CHOSEN = {"cost of overheads": {"kind": "stated"}}
TEXTS = ("word " * 50_000, "a\0b", "\u202e\u200b\ufeff", "\n\t ", "x" * 500_000)
Get = Callable[[str], Any]


def _cost(category: str) -> Callable[[Get], dict[str, Any]]:
    def keys(get: Get) -> dict[str, Any]:
        bid = get("written_bid")
        CostLine.objects.filter(category="overheads").delete()  # which are given once only
        return {"reference": bid.reference, "partner": lead_partner(bid).pk, "category": category}

    return keys


def _new_row(part: str) -> Callable[[Get], dict[str, Any]]:
    return lambda get: {"reference": get("being_set_up").reference, "part": part}


def _aid(get: Get) -> dict[str, Any]:
    bid = get("written_bid")
    type(bid.competition.regime).objects.update(aid_limit=315_000, aid_currency="GBP")
    return {"reference": bid.reference, "partner": lead_partner(bid).pk}


def _opened(get: Get) -> Any:
    return get("shown_interview_sheet")


def _decided(get: Get) -> dict[str, Any]:
    return {"reference": get("shown_complaint").bid.competition.reference}


def _released(get: Get) -> dict[str, Any]:
    complaint = get("shown_complaint")
    answer = {"answer": "We have.", "is_upheld": False, "by": get("second_manager"), **STAFF}
    answer_complaint(complaint=complaint, **answer)
    return {"reference": complaint.bid.reference}


def _officer(name: str) -> tuple[str, str, None]:
    return "fund_manager", name, None


# What is tried, who fills it in, the address, and what it is made of when the access table has something else.
FORMS: dict[str, tuple[str, str, Callable[[Get], dict[str, Any]] | None]] = {
    "details": ("applicant", "bid_details", None),
    **{f"cost of {c}": ("applicant", "bid_cost_add", _cost(c)) for c in (
        "labour", "overheads", "materials", "capital_usage", "subcontracting", "travel_and_subsistence", "other",
    )},
    "working days": ("applicant", "bid_costs", None),
    "funding": ("applicant", "bid_funding", None),
    "match": ("applicant", "bid_match_add", None),
    "evidence": ("applicant", "bid_match_evidence", None),
    "earlier aid": ("applicant", "bid_aid_add", _aid),
    "size": ("applicant", "organisation_size", None),
    "bank details": ("applicant", "bank_change", None),
    "match funding verified": ("finance_officer", "match_verify", None),
    "item of a claim": ("applicant", "claim_item_add", None),
    "match funding spent": ("applicant", "claim_match_add", None),
    "part of an item disallowed": ("monitoring_officer", "claim_disallow", None),
    "assignment": ("applicant", "bid_assign", None),
    **{f"set-up: {part}": ("fund_manager", "setup_part", _new_row(part)) for part in (
        "dates", "consortium", "subsidy", "match", "assessment",
    )},
    **{f"set-up: one of {part}": ("fund_manager", "setup_row_add", _new_row(part)) for part in (
        "strands", "questions",
    )},
    "money of a competition": ("fund_manager", "setup_money", None),
    "plan": ("fund_manager", "correct_plan", None),
    "question corrected": ("fund_manager", "correct_question", None),
    "deadline": ("fund_manager", "deadline", None),
    "envelope": ("fund_manager", "envelope_change", None),
    "plan of interviews": ("fund_manager", "interview_plan", None),
    "times of interviews": ("fund_manager", "interview_slots", None),
    "run of the allocation": ("fund_manager", "allocation_runs", None),
    "points of an interview": ("asa", "interviewing_one", lambda get: {"key": _opened(get).interview_id}),
    "profile of an assessor": ("asa", "assessor_profile", None),
    "return of a network": ("lead", "network_return", lambda get: {"reference": get("shown_instalments")[2].reference}),
    "shares of the networks": ("fund_manager", "network_share", None),
}  # fmt: skip
WORDS = FORMS | {
    "invitation": ("applicant", "bid_invite", None),
    "enquiry": ("applicant", "enquiry_ask", None),
    "remark of an assessor": ("asa", "assessment_discussion", lambda get: {"seat": get("shown_talk").pk}),
    "interest": ("asa", "interests", None),
    "address": ("applicant", "organisation_address", None),
    "set-up: basics": ("fund_manager", "setup_part", _new_row("basics")),
    "set-up: letter": ("fund_manager", "setup_part", _new_row("letter")),
    "set-up: a document": ("fund_manager", "setup_row_add", _new_row("documents")),
    **{name: _officer(name) for name in (
        "competition_new", "correct_note", "enquiry", "answer_correct", "file_change", "deadline_back", "publish_back",
        "setup_money_back", "envelope_send_back", "bid_ineligible", "interview_panel", "assessment_reopen",
        "interview_reopen", "bid_discussion", "assessor_invitations", "panels", "panel_item", "panel_minutes",
    )},
    "decision changed": ("fund_manager", "competition_change", _decided),
    "answer to a complaint": ("second_manager", "complaint", None),
    "complaint": ("applicant", "bid_complaints", _released),
    "seats changed": ("fund_manager", "seats_team", None),
    "return sent back": ("fund_manager", "network_return_back", None),
    "release paid": ("finance_officer", "network_release_end", None),
}  # fmt: skip


@pytest.fixture
def opened(request):
    """Return a function from what is tried to its client, its address and its page."""

    def go(what: str):
        role, name, keys = WORDS[what]
        get = request.getfixturevalue
        client = signed_in(getattr(get(role), "user", get(role)))
        address = reverse(name, kwargs=(keys or KEYS.get(name, lambda get: {}))(get))
        return client, address, client.get(address).content

    return go


def boxes(page: bytes, sort: str) -> list[str]:
    """Return the names of the boxes of a page's forms that take numbers, or the others."""
    wanted = "@inputmode='numeric' or @inputmode='decimal'"
    inputs = {
        "numbers": f"//form[@method='post']//input[{wanted}]",
        "texts": f"//form[@method='post']//input[(@type='text' or not(@type)) and not({wanted})]"
        " | //form[@method='post']//textarea",
    }[sort]
    return [name for box in html.fromstring(page).xpath(inputs) if not (name := box.get("name")).startswith("e-")]


def hidden(page: bytes) -> dict[str, str]:
    """Return the hidden boxes of a page as they stand."""
    return {box.get("name"): box.get("value", "") for box in html.fromstring(page).xpath("//input[@type='hidden']")}


def state_of_things() -> tuple[Any, ...]:
    return Event.objects.count(), Proposal.objects.count(), list(Bid.objects.values())


@pytest.mark.parametrize("what", FORMS)
def test_a_number_that_cannot_be_right_is_refused_beside_its_box_and_kept(what, opened):
    client, address, page = opened(what)
    names = boxes(page, "numbers")
    usual = next(form.fields for form in forms_of(page, address) if names[0] in form.fields)
    usual |= hidden(page) | CHOSEN.get(what, {})
    before, wrong = state_of_things(), []
    for bad in NUMBERS:
        answer = client.post(address, usual | dict.fromkeys(names, bad))
        if answer.status_code != 200:
            wrong.append((bad[:40], answer.status_code))
            continue
        found = html.fromstring(answer.content)
        wrong += [
            (bad[:40], name, "error" if not said else "kept")
            for name in names
            if not (said := _error_at(found, name)) or found.xpath(f"string(//input[@name='{name}']/@value)") != bad
        ]
    assert (wrong, state_of_things() == before) == ([], True)


def _error_at(page: html.HtmlElement, name: str) -> bool:
    """Tell whether an error stands beside the group that a box is in."""
    group = f"//input[@name='{name}']/ancestor::div[contains(@class, 'govuk-form-group--error')]"
    return bool(page.xpath(f"{group}//*[contains(@class, 'govuk-error-message')]"))


@pytest.mark.parametrize("what", WORDS)
def test_a_text_that_cannot_be_kept_is_refused_and_what_was_typed_stays_in_the_form(what, opened):
    client, address, page = opened(what)
    names = boxes(page, "texts")
    forms = [form.fields for form in forms_of(page, address) if set(names) & set(form.fields)]
    before, wrong = state_of_things(), []
    for bad in TEXTS if forms else ():
        answer = client.post(address, forms[0] | hidden(page) | dict.fromkeys(set(names) & set(forms[0]), bad))
        if answer.status_code == 302 and "\0" not in bad:
            before = state_of_things()
            continue
        found = html.fromstring(answer.content)
        said = answer.status_code == 200 and found.xpath(
            "//*[contains(@class, 'govuk-error-message') or contains(@class, 'govuk-error-summary')]"
        )
        wrong += [] if said else [(bad[:9], answer.status_code)]
        wrong += [
            (bad[:9], name, "kept")
            for name in forms[0]
            if name in names and "\0" not in bad and _kept(found, name) != bad.strip()
        ]
    assert (wrong, state_of_things() == before) == ([], True)


def _kept(page: html.HtmlElement, name: str) -> str:
    """Return what stands in a box."""
    return page.xpath(f"string(//input[@name='{name}']/@value | //textarea[@name='{name}']/text())").strip()
