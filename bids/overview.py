"""Reads for the applicants' pages: their bids, how far one is, and what a page of money needs."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest
from bids import match, queries, readiness, rules, team
from bids.costs import Line, category_totals, worked_out
from bids.models import Bid, CostLine, Document, MatchSource, Partner
from bids.paper import working
from bids.progress import PartnerProgress, Progress, Status, counted, mended_at, progress
from bids.states import CostCategory, DocumentKind, MatchState, ScanState, TeamRole
from funds.models import Competition, Question

MONEY = ("cost_pounds", "grant_pounds", "other_public_pounds", "match_pounds")


def mine(user: User) -> QuerySet[Bid]:
    """Return the bids that a person works on as applicant."""
    return team.with_role_of(user, queries.worked_on_by(user)).select_related("competition", "strand", "lead")


def works_on(user: User, bid: Bid) -> bool:
    """Tell of one bid what `mine` tells of all, in no query when the person is of its lead organisation."""
    return team.role_of(user, bid) != TeamRole.REMOVED and queries.is_of_applicant(user, bid)


def own_organisations(user: User, kinds: list[str] | None = None) -> list[Organisation]:
    """Return the organisations that a person bids for, of these kinds when any are named, by name."""
    held = Organisation.objects.filter(pk__in=user.organisation_ids(Role.APPLICANT))
    fit = [o for o in held if kinds is None or o.kind in kinds]
    return sorted(fit, key=lambda o: o.name)


@dataclass(frozen=True)
class Overview:
    """A bid part by part, and everything that stops it from being submitted."""

    done: Progress
    problems: list[readiness.Problem]
    questions: list[tuple[Question, Status]]
    money: list[tuple[Partner, PartnerProgress]]

    @property
    def counted(self) -> tuple[int, int]:
        """How many parts are complete, and how many there are."""
        return counted(self.done)

    @property
    def missing(self) -> dict[str, list[str]]:
        """Section → what is missing in it."""
        return mended_at(self.problems)


def overview(bid: Bid, today: dt.date) -> Overview:
    """Return how far a bid is, in a constant number of queries."""
    facts = queries.facts_of(bid)
    problems = readiness.problems(facts, today)
    documents = bid.documents.filter(deleted_at=None).exclude(kind=DocumentKind.MATCH_EVIDENCE).count()
    far = progress(facts, problems, documents)
    questions = bid.competition.questions.order_by("position")
    partners = bid.partners.select_related("organisation")
    return Overview(
        done=far,
        problems=problems,
        questions=list(zip(questions, far.answers, strict=True)),
        money=list(zip(partners, far.money, strict=True)),
    )


def line_key(line: CostLine | Line) -> str:
    """Return what a line is known by: a digest of its content, since every save of the costs writes all lines anew."""
    return digest([line.category, line.description, line.inputs])[:16]


def lines_digest(lines: Iterable[CostLine]) -> str:
    """Return a digest of all lines of a partner's costs, in whatever order they stand."""
    return digest(sorted(line_key(line) for line in lines))


def is_line_key(text: str) -> bool:
    """Tell whether a line of costs, perhaps one that is gone, can have been known by this."""
    return bool(re.fullmatch("[0-9a-f]{16}", text))


@dataclass(frozen=True)
class CostGroup:
    """The lines of one category of a partner's costs, each with the key it is known by, and their sum in pounds."""

    category: CostCategory
    lines: list[tuple[str, CostLine]]
    total: int


def cost_groups(partner: Partner, competition: Competition) -> list[CostGroup]:
    """Return a partner's costs by category: those that the competition pays for, and those that have lines."""
    lines = list(partner.cost_lines.all())
    totals = category_totals(lines)
    groups = []
    for category in CostCategory:
        those = [(line_key(line), line) for line in lines if line.category == category]
        if those or category in competition.cost_categories:
            groups.append(CostGroup(category, those, totals.get(str(category), 0)))
    return groups


def cost_line(partner: Partner, key: str) -> CostLine | None:
    """Return the line of costs known by a key."""
    return next((line for line in partner.cost_lines.all() if line_key(line) == key), None)


@dataclass(frozen=True)
class Tried:
    """What a partner's costs would be with a line that is not saved: pounds, and the line's working in words."""

    working: str
    category: int
    cost: int
    grant: int
    match: int


def tried(partner: Partner, line: dict[str, Any], was: str) -> Tried | None:
    """Return what a line comes to, in the place of the one known as `was`; None when it cannot be worked out."""
    others = [x for x in partner.cost_lines.all() if line_key(x) != was]
    typed = [{"category": x.category, "description": x.description, "inputs": x.inputs} for x in others]
    try:
        worked = worked_out([*typed, line], partner.working_days, partner.bid.competition.cost_categories)
        totals = category_totals(worked)
        cost = sum(totals.values())
        paid = rules.money(cost, partner.percent, partner.other_public_pounds)
    except Refused:
        return None
    words = working(line["category"], worked[-1].inputs, partner.working_days, worked[-1].amount)
    return Tried(words, totals.get(line["category"], 0), cost, paid.grant, paid.match)


@dataclass(frozen=True)
class Coverage:
    """How far a partner's match funding is covered, in whole pounds; nothing counts above what is required."""

    required: int
    declared: int
    evidenced: int
    verified: int

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        """What is required, cut into verified, with evidence, declared and missing: text, pence, kind of bar."""
        verified, evidenced, declared = (min(n, self.required) for n in (self.verified, self.evidenced, self.declared))
        waits, bare = max(0, evidenced - verified), max(0, declared - max(evidenced, verified))
        cut = [("Verified", verified, "paid"), ("Evidence given", waits, "instructed"), ("Declared", bare, "allocated")]
        missing = self.required - verified - waits - bare
        return [(text, 100 * pounds, kind) for text, pounds, kind in [*cut, ("Missing", missing, "left")]]

    def __add__(self, other: "Coverage") -> "Coverage":
        """Return the coverage of two partners together: what one has too much of does not help the other."""
        mine, theirs = (
            [min(n, c.required) for n in (c.declared, c.evidenced, c.verified)] for c in (self, other)
        )  # fmt: skip
        return Coverage(self.required + other.required, *(a + b for a, b in zip(mine, theirs, strict=True)))


def sources_of(partner: Partner) -> list[MatchSource]:
    """Return a partner's sources of match funding with their evidence."""
    evidence = Prefetch("documents", Document.objects.filter(deleted_at=None).order_by("pk"))
    return list(partner.match_sources.prefetch_related(evidence))


def coverage(partner: Partner, sources: list[MatchSource]) -> Coverage:
    """Return what is declared, evidenced and verified of the match funding that a partner has to bring.

    Of a source that is verified in part, only that part counts in all three.
    """
    alive = [s for s in sources if s.state != MatchState.REJECTED]
    return Coverage(
        required=partner.match_pounds,
        declared=sum(s.counts_pounds for s in alive),
        evidenced=sum(s.counts_pounds for s in alive if s.state != MatchState.DECLARED and not _all_infected(s)),
        verified=sum(s.verified_pounds or 0 for s in alive if s.state == MatchState.VERIFIED),
    )


def _all_infected(source: MatchSource) -> bool:
    """Tell whether a virus was found in every file that is evidence of a source."""
    scans = {document.scan for document in source.documents.all()}
    return scans == {ScanState.INFECTED}


def match_problems(partner: Partner, sources: list[MatchSource]) -> list[str]:
    """Return why a partner's sources do not meet its match funding."""
    bid = partner.bid
    alive = [s for s in sources if s.state != MatchState.REJECTED]
    return match.problems(
        required=partner.match_pounds,
        in_kind_percent=bid.competition.in_kind_percent,
        sources=[queries.match_source(s, s.documents.all()) for s in alive],
        start_on=bid.start_on,
        months=bid.months,
    )


def sums(bid: Bid) -> dict[str, int]:
    """Return the sums of all partners' figures, in whole pounds."""
    return bid.partners.aggregate(**{field: Coalesce(Sum(field), 0) for field in MONEY})


def may_edit(user: User, bid: Bid) -> bool:
    """Tell whether a person may change the whole bid."""
    return not team.why_not_edit(user, bid)


def may_edit_part(user: User, partner: Partner) -> bool:
    """Tell whether a person may change the costs and match funding of a partner."""
    return not team.why_not_edit_part(user, partner.bid, partner.organisation_id)
