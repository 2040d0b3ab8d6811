"""What people do in the journeys, page by page."""

import re
import subprocess
from dataclasses import dataclass

from django.core import mail
from playwright.sync_api import Locator, Page, expect

from tests.browser import findings, too_wide
from tests.signing_in import PASSWORD

SAVED = re.compile("Saved 12:00:00")


def pdf(text: str) -> dict:
    """Return a small PDF as a browser uploads it; another text is another file."""
    name = f"{text.replace(' ', '-').lower()}.pdf"
    return {"name": name, "mimeType": "application/pdf", "buffer": f"%PDF-1.4\n{text}\n%%EOF\n".encode()}


def link_for(address: str, subject: str) -> str:
    """Return the link in the newest e-mail that was sent to an address under a subject."""
    sent = next(m for m in reversed(mail.outbox) if m.to == [address] and subject in m.subject)
    return "/" + re.search(r"https?://[^/\s]+/(\S+)", sent.body)[1]


def text_of_download(visitor: "Visitor", path: str) -> str:
    """Return the text of a PDF that somebody downloads."""
    answer = visitor.page.request.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    read = subprocess.run(["pdftotext", "-", "-"], input=answer.body(), capture_output=True, check=True)
    return read.stdout.decode()


@dataclass
class Visitor:
    """Somebody in front of a browser."""

    page: Page
    name: str
    email: str
    has_script: bool = True

    def open(self, path: str) -> None:
        self.page.goto(path)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label).select_option(option)

    def press(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()

    def fill(self, typed: dict[str, str]) -> None:
        for label, value in typed.items():
            self.page.get_by_label(label).first.fill(value)

    def date(self, field: str, day: str) -> None:
        for part, number in zip(("day", "month", "year"), day.split(), strict=True):
            self.page.locator(f"[name={field}_{part}]").fill(number)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).first.check()

    def upload(self, text: str) -> None:
        self.page.locator("input[type=file]").set_input_files(pdf(text))

    def sees(self, text: str | re.Pattern) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def is_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    @property
    def answer(self) -> Locator:
        return self.page.get_by_label("Your answer")

    def sign_up(self) -> None:
        """Create an account, confirm the address by the e-mail that came, and sign in where that is asked."""
        self.fill({"Full name": self.name, "E-mail address": self.email, "Password": PASSWORD})
        self.press("Create account")
        self.is_at("Check your e-mail")
        self.open(link_for(self.email, "onfirm"))
        self.press("Yes, confirm it")
        if not self.page.get_by_role("button", name="Sign out").count():
            self.sign_in()

    def sign_in(self) -> None:
        self.fill({"E-mail address": self.email, "Password": PASSWORD})
        self.press("Sign in")

    def find(self, kind: str, words: str, name: str) -> None:
        """Find an organisation in its register and choose it."""
        if self.page.get_by_label(kind, exact=True).count():
            self.tick(kind)
            self.press("Continue")
        self.page.locator("[name=q]").fill(words)
        self.press("Search")
        self.page.get_by_role("link", name=re.compile(f"Choose {name}")).click()

    def is_clean(self) -> None:
        """Hold the page to the rules of accessibility and to the width of the window; only scripts can tell."""
        if self.has_script:
            assert (self.page.url, findings(self.page), too_wide(self.page)) == (self.page.url, [], 0)

    def clean_pages(self, *paths: str) -> None:
        """Hold pages to what `is_clean` asks."""
        for path in paths:
            self.open(path)
            self.is_clean()


def describe(one: Visitor) -> None:
    """Give the details of the project, from the page of the bid."""
    one.follow("Project details")
    one.choose("Clinical area", "Diabetes")
    one.choose("When does the project start?", "2027-06-01")
    one.press("Save")


def cost(one: Visitor, days: str, percent: str) -> None:
    """Enter days of somebody who costs £200 a day and ask for a grant, from the page of the bid."""
    one.follow("Costs")
    one.follow("Add labour")
    one.fill({"Role in the project": "Engineer", "Gross annual cost": "45,000", "Number of days": days})
    if one.has_script:
        expect(one.page.locator("#tried")).to_contain_text("a day")
    one.press("Save")
    one.press("Continue to funding")
    one.fill({"How much of the costs": percent})
    one.press("Save")


def pledge(one: Visitor, kind: str, pounds: str) -> None:
    """Declare match funding and show it, from the page of the funding."""
    one.follow("Continue to match funding")
    one.press("Add a source")
    one.tick(kind)
    is_own = kind == "Own reserves"
    one.fill(
        {"How much": pounds} if is_own else {"Who gives it": f"Fictional funder of {one.name}", "How much": pounds}
    )
    one.date("secured_on", "4 1 2027")
    one.date("available_on", "4 1 2027")
    one.press("Declare the source")
    if not is_own:
        one.tick("Another organisation")
        one.press("Declare the source")
    one.press("Upload evidence")
    one.upload(f"Statement of {one.name}")
    one.date("dated_on", "20 1 2027")
    one.press("Upload")
    one.sees("Waiting to be scanned")
    one.is_clean()
    one.follow("Back to the bid")


def attach(one: Visitor, text: str) -> None:
    """Upload the first document that is asked for, from the page of the bid."""
    one.follow("Documents")
    one.page.locator("a", has_text="Upload it").first.click()
    one.upload(text)
    one.press("Upload")


def submit(one: Visitor) -> None:
    """Check, declare and submit, from the page of the bid."""
    one.press("Check your answers")
    one.press("Continue to the declaration")
    one.tick("I declare this for the lead organisation")
    one.press("Submit the bid")
    one.is_at("Bid submitted")
