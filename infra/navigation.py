"""The links in the service navigation and on the home page, by role."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.states import Role


@dataclass(frozen=True)
class Place:
    """A place to go, for people who hold one of `roles`; for everybody when there are none.

    One that is not in the menu stands where a person begins only.
    """

    text: str
    name: str
    roles: frozenset[str] = frozenset()
    about: str = ""
    is_in_menu: bool = True


READERS = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR})
PAID_AND_PAYING = READERS | {Role.APPLICANT, Role.MONITORING_OFFICER, Role.AHSN_LEAD}
PLACES = (
    Place("Competitions", "find_competitions"),
    Place("My bids", "dashboard", frozenset({Role.APPLICANT}), "Bids of your organisations and what to do next."),
    Place("Your assessments", "assessments", frozenset({Role.ASSESSOR}), "Bids that you are asked to read and score."),
    Place("Your panels", "my_panels", frozenset({Role.ASSESSOR}), "Meetings of panels that you sit on."),
    Place("Manage competitions", "competitions", READERS, "Bids, assessment, ranked sheets and decisions."),
    Place("Submitted bids", "bids", READERS, "Search what was submitted to any competition."),
    Place("Questions", "enquiries", READERS, "Questions from bidders that wait for an answer."),
    Place("Assessors", "assessors", READERS | {Role.AHSN_LEAD}, "Who assesses bids, what they carry, who is invited."),
    Place("Match funding", "match_queue", READERS, "Evidence and bank details that wait for a decision."),
    Place("Awards", "awards", PAID_AND_PAYING, "Conditions, letters, match funding and how the money is spent."),
    Place(
        "Second person for awards",
        "awards_waiting",
        frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER}),
        "Variations, releases, money asked back, approvals and ratings that others wait for.",
        is_in_menu=False,
    ),
    Place("Claims", "claims", PAID_AND_PAYING, "What was spent, who has agreed to it, and what is paid."),
    Place("Payments", "payment_runs", READERS, "Runs of claims, the bank's reports, and what is outstanding."),
    Place("Networks", "networks", READERS, "Allocations, returns and instalments of the 15 networks."),
    Place("Your network’s money", "my_allocation", frozenset({Role.AHSN_LEAD}), "Returns that are due, what was paid."),
    Place("Money", "money", READERS, "Streams by year, plan against actuals, exposure, what falls due."),
    Place("Streams", "streams", READERS, "What there is, what is promised, paid and left."),
    Place("Organisations", "organisations", READERS | {Role.APPLICANT}, "Addresses, sizes, people, registers."),
    Place(
        "E-mails sent",
        "mail_log",
        frozenset({Role.AUDITOR, Role.FUND_MANAGER}),
        "What was written to whom, and whether it arrived.",
    ),
    Place("The record", "record", frozenset({Role.AUDITOR}), "Everything that happened, and its seals."),
)
# Place → the function that counts what waits there for a person.
WAITS = {
    "assessments": "assessments.waits.for_assessor",
    "my_panels": "assessments.waits.at_panels",
    "enquiries": "funds.queries.questions_waiting",
    "match_queue": "awards.waits.match",
    "awards": "awards.waits.awards",
    "awards_waiting": "awards.waits.changes",
    "claims": "awards.waits.claims",
    "payment_runs": "awards.waits.payments",
    "networks": "ahsn.waits.networks",
    "my_allocation": "ahsn.waits.returns",
}


def places(roles: frozenset[str]) -> tuple[Place, ...]:
    """Return the places that people with these roles may go to."""
    return tuple(place for place in PLACES if not place.roles or place.roles & roles)


def work(user: User, *, but: str = "") -> list[tuple[Place, int]]:
    """Return the places where a person works, each with how much waits there for them; one query or few for each."""
    own = [place for place in places(user.roles) if place.roles and place.name != but]
    return [(place, import_string(WAITS[place.name])(user) if place.name in WAITS else 0) for place in own]


def links(request: HttpRequest) -> list[dict[str, object]]:
    """Return the items of the service navigation; the section that the page belongs to is marked."""
    roles = request.user.roles if request.user.is_authenticated else frozenset()
    items: list[dict[str, object]] = []
    for place in places(roles):
        if not place.is_in_menu:
            continue
        href = reverse(place.name)
        here = request.path == href
        within = href != "/" and request.path.startswith(href)
        items.append({"text": place.text, "href": href, "current": here, "active": within})
    return items
