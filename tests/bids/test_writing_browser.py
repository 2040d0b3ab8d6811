"""Nobody loses a word, in a real browser."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from accounts.states import Role
from bids import actions
from bids.models import Answer, Bid
from infra import words
from tests.browser import browser_type_launch_args, findings, one_browser, signed_in_browser, too_wide
from tests.cast import NOW, person
from tests.signing_in import PASSWORD

__all__ = ["browser_type_launch_args", "one_browser", "signed_in_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon"),
]
SAVED = re.compile(r"Saved 12:00:00")
NASTY = [
    "one  two\u00a0three\u200bfour\u2060five", "\u202eabc\u202c \u00ad \u200d x", "👨\u200d👩\u200d👧 مي\u200cخواهم",
    "a\tb\r\nc\n\nd\x0be\x0cf\x85g\u2028h\u2029i",
    "\u3000全角\u3000文字\u3164x\u2800y", "\x01\x1f\x7f\x9f \u061c\u2066",
    "e\u0301 ﬁ ½ ① ﷽", "\ufeff\ufff9\ufffb\ufe0f z",
]  # fmt: skip


def open_question(page: Page, bid: Bid) -> None:
    page.goto(f"/bids/{bid.reference}/questions/summary")


def box(page: Page):
    return page.get_by_label("Your answer")


def line(page: Page):
    return page.locator("[data-saved]")


def test_what_is_typed_is_saved_by_itself_and_said(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    open_question(page, bid)
    box(page).press_sequentially("We count breaths.")
    expect(line(page)).to_have_text(SAVED)
    assert Answer.objects.get().text == "We count breaths."
    box(page).press_sequentially(" Twice.")
    box(page).blur()
    expect(line(page)).to_have_text(SAVED)
    assert (Answer.objects.get().text, Answer.objects.get().version) == ("We count breaths. Twice.", 2)
    assert findings(page) == []


def test_project_details_save_by_themselves_again_and_again(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    page.goto(f"/bids/{bid.reference}/details")
    page.get_by_label("Title of the project").fill("Count breaths")
    expect(line(page)).to_have_text("Saved 12:00:00. Choose the month in which the project starts.")
    page.get_by_label("How long does it last?").fill("7")
    page.get_by_label("When does the project start?").select_option(index=3)
    expect(line(page)).not_to_contain_text("Choose")
    expect(line(page)).to_have_text(SAVED)
    assert Bid.objects.values_list("title", "months").get() == ("Count breaths", 7)
    assert findings(page) == []


def test_a_press_while_a_save_is_under_way_waits_for_it(bid, applicant, signed_in_browser):
    page, held = signed_in_browser(applicant), []
    open_question(page, bid)
    page.route("**/save", lambda route: held.append(route))
    with page.expect_request("**/save"):
        box(page).fill("We count breaths.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(300)
    held[0].continue_()
    page.wait_for_url(f"**/bids/{bid.reference}/")
    assert Answer.objects.values_list("text", "version").get() == ("We count breaths.", 1)


def test_a_network_that_is_away_is_said_and_tried_again(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    open_question(page, bid)
    page.route("**/save", lambda route: route.abort())
    box(page).fill("We count breaths.")
    expect(line(page)).to_contain_text("Not saved: the service does not answer. Your text is still here")
    page.unroute("**/save")
    expect(line(page)).to_have_text(SAVED)
    assert Answer.objects.get().text == "We count breaths."


def test_leaving_with_unsaved_words_warns(bid, applicant, signed_in_browser):
    page, asked = signed_in_browser(applicant), []
    open_question(page, bid)
    page.route("**/save", lambda route: route.abort())
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    box(page).press_sequentially("We count")
    page.goto("/")
    assert asked == ["beforeunload"]


def test_after_a_lost_session_the_text_is_back_and_saved(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    open_question(page, bid)
    page.context.clear_cookies(name="sessionid")
    box(page).fill("We count breaths.")
    expect(line(page)).to_contain_text("Not saved: you have been signed out. Your text is still here.")
    page.get_by_role("link", name="Sign in to save it").click()
    sign_in(page, applicant.email)
    expect(box(page)).to_have_value("We count breaths.")
    expect(line(page)).to_have_text(SAVED)
    assert Answer.objects.get().text == "We count breaths."


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_signing_in_again_in_another_window_saves_what_waits(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    open_question(page, bid)
    page.context.clear_cookies()
    box(page).fill("We count breaths.")
    expect(line(page)).to_contain_text("you have been signed out")
    other = page.context.new_page()
    other.goto(page.get_by_role("link", name="Sign in to save it").get_attribute("href"))
    sign_in(other, applicant.email)
    expect(line(page)).to_have_text(SAVED)
    assert Answer.objects.get().text == "We count breaths."


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_press_on_save_without_a_session_comes_back_after_sign_in(bid, applicant, signed_in_browser, script):
    page = signed_in_browser(applicant, script=script)
    open_question(page, bid)
    page.context.clear_cookies(name="sessionid")
    page.route("**/save", lambda route: route.abort())
    box(page).fill("We count breaths.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Sign in, and you will find what you typed.")).to_be_visible()
    sign_in(page, applicant.email)
    expect(page.get_by_text("This is what you had typed before you were signed out.")).to_be_visible()
    expect(box(page)).to_have_value("We count breaths.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved.")).to_be_visible()
    assert Answer.objects.get().text == "We count breaths."


def test_a_conflict_shows_both_texts_and_loses_neither(bid, applicant, sme, signed_in_browser):
    page = signed_in_browser(applicant)
    open_question(page, bid)
    question, colleague = bid.competition.questions.get(slug="summary"), person(Role.APPLICANT, sme)
    actions.save_answer(bid=bid, question=question, text="Theirs", version=0, by=colleague, at=NOW)
    box(page).fill("Mine")
    expect(line(page)).to_contain_text("Not saved: Somebody else has saved this answer")
    page.get_by_role("button", name="Show both texts").click()
    expect(page.get_by_label("Your answer")).to_have_value("Mine")
    expect(page.get_by_text("Theirs", exact=True)).to_be_visible()
    box(page).fill("Mine and theirs")
    page.get_by_role("button", name="Save my text").click()
    expect(page.get_by_text("is saved.")).to_be_visible()
    assert Answer.objects.get().text == "Mine and theirs"
    open_question(page, bid)
    expect(box(page)).to_have_value("Mine and theirs")


def test_signing_out_leaves_nothing_in_the_browser(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    page.on("dialog", lambda dialog: dialog.accept())
    open_question(page, bid)
    page.route("**/save", lambda route: route.abort())
    box(page).fill("We count")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter((k) => k.startsWith('unsaved')).length") == 0


def test_the_page_counts_words_as_the_server_does(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    open_question(page, bid)
    count = "([text, word]) => (text.match(new RegExp(word, 'gu')) ?? []).length"

    @given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("".join(NASTY)), max_size=60))
    @example("".join(NASTY))
    def agrees(text: str) -> None:
        assert page.evaluate(count, [text, words.PATTERN]) == words.count(text) == words.count(words.plain(text))

    agrees()


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_kept_as_the_counter_says(bid, applicant, signed_in_browser, text):
    page = signed_in_browser(applicant)
    open_question(page, bid)
    paste = "(area, text) => { area.value = text; area.dispatchEvent(new Event('input', {bubbles: true})) }"
    box(page).evaluate(paste, text)
    expect(line(page)).to_have_text(SAVED)
    assert words.count(Answer.objects.get().text) == words.count(text)
    assert Answer.objects.get().text == words.plain(text)


@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_of_a_question_fits(bid, applicant, signed_in_browser, width):
    page = signed_in_browser(applicant, viewport={"width": width, "height": 900})
    open_question(page, bid)
    box(page).fill("We count breaths.")
    expect(line(page)).to_have_text(SAVED)
    assert too_wide(page) <= 0


def test_a_line_of_costs_shows_its_working_while_it_is_typed(bid, applicant, signed_in_browser):
    page = signed_in_browser(applicant)
    page.goto(f"/bids/{bid.reference}/partners/{bid.partners.get().pk}/costs/labour/add")
    page.get_by_label("Role in the project").fill("Chemist")
    page.get_by_label("Gross annual cost").fill("45,000")
    page.get_by_label("Number of days").fill("30")
    expect(page.locator("#tried")).to_contain_text("£45,000 ÷ 225 days = £200.00000 a day × 30 days = £6,000")
    page.get_by_label("Number of days").fill("60")
    expect(page.locator("#tried")).to_contain_text("= £12,000")
    assert findings(page) == []
