"""Read what the pages of an award show, each in a constant number of queries."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from accounts.states import Role
from awards import queries, rules
from awards.models import Award, AwardPartner, Claim, Recovery
from awards.states import AwardState, RecoveryState
from bids.states import MatchState
from funds.models import Approval, Proposal
from funds.years import financial_year, quarter_of_project
from infra.filters import uk_date

SOURCES = "partner__match_sources"
ENDED = (AwardState.COMPLETED, AwardState.DECLINED, AwardState.LAPSED, AwardState.WITHDRAWN, AwardState.TERMINATED)


@dataclass(frozen=True)
class Agreement:
    """What was put forward, and who has agreed to it so far."""

    proposal: Proposal
    approvals: list[Approval]

    @property
    def people(self) -> set[int]:
        """The keys of everybody who has had a hand in it."""
        return {self.proposal.by_id, *(approval.by_id for approval in self.approvals)}


@dataclass(frozen=True)
class Money:
    """Where the grant of an award stands, in pence."""

    grant: int
    claimed: int
    instructed: int
    paid: int
    released: int
    paid_back: int
    is_over: bool

    @property
    def left(self) -> int:
        """What can still be claimed: nothing once the award has ended, as all of it has returned."""
        return 0 if self.is_over else max(0, self.grant - self.claimed - self.released)

    @property
    def to_instruct(self) -> int:
        """What is claimed and not instructed yet; what was paid back is instructed no more, and not to be paid."""
        return self.claimed - self.paid_back - self.instructed


@dataclass(frozen=True)
class Month:
    """Grant expected in one month, and up to its end, in pence."""

    month: dt.date
    pence: int
    upto: int

    @property
    def is_even_year(self) -> bool:
        """Tell whether the month's financial year begins in an even year, so that neighbours can differ in shade."""
        return int(financial_year(self.month)[:4]) % 2 == 0


def parts(award: Award) -> QuerySet[AwardPartner]:
    """Return the partners of an award with their match funding in whole pounds.

    `verified_pounds`, `waiting_pounds` (evidence is given, a decision is not), `missing_pounds` (needed and neither).
    """
    found = award.partners.select_related("organisation").annotate(
        verified_pounds=_sum_of_sources("verified_pounds", MatchState.VERIFIED),
        waiting_pounds=_sum_of_sources("amount_pounds", MatchState.EVIDENCED),
    )
    there = F("verified_pounds") + F("waiting_pounds")
    return found.annotate(missing_pounds=Greatest(F("match_pounds") - there, 0))


def _sum_of_sources(field: str, state: str) -> Coalesce:
    return Coalesce(Sum(f"{SOURCES}__{field}", filter=Q(**{f"{SOURCES}__state": state})), 0)


def money(award: Award) -> Money:
    """Return where the grant stands; claims count from their submission until they are rejected."""
    received = Recovery.objects.filter(claim=OuterRef("pk"), state=RecoveryState.RECEIVED).order_by().values("claim")
    paid_back = Coalesce(Subquery(received.annotate(total=Sum("pence")).values("total")), 0)
    counted = award.claims.filter(state__in=rules.COUNTED).values_list("grant_pence", paid_back)
    claimed, back = (sum(pence) for pence in zip((0, 0), *counted, strict=True))
    envelope = award.envelope
    return Money(
        grant=award.grant_pence,
        claimed=claimed,
        instructed=envelope.instructed_pence,
        paid=envelope.paid_pence,
        released=queries.released(award.partners.all()),
        paid_back=back,
        is_over=award.state in ENDED,
    )


def months(award: Award) -> list[Month]:
    """Return the spend profile of the whole award by month."""
    found, upto = [], 0
    for month, pence in award.spend_lines.values_list("month").annotate(total=Sum("pence")).order_by("month"):
        upto += pence
        found.append(Month(month, pence, upto))
    return found


def agreement(kind: str, reference: str) -> Agreement | None:
    """Return the proposal that counts for a subject with its approvals, in the order in which they were given."""
    proposal = Proposal.objects.filter(kind=kind, reference=reference).select_related("by").order_by("-id").first()
    if proposal is None:
        return None
    return Agreement(proposal, list(proposal.approvals.select_related("by").order_by("id")))


def claims_of(award: Award, user: User) -> QuerySet[Claim]:
    """Return the claims of an award that a person may see, by partner and period."""
    return queries.claims_visible_to(user).filter(award=award).order_by("organisation_id", "number")


def periods_to_claim(award: Award, user: User, today: dt.date) -> list[tuple[str, str]]:
    """Return the (value, text) of each period that is over and that the person's organisations have not begun to claim.

    The value is the organisation's key and the period's number, such as 12:1.
    """
    begun = set(award.claims.values_list("organisation_id", "number"))
    ours = user.organisation_ids(Role.APPLICANT)
    found = []
    for part in award.partners.select_related("organisation"):
        if part.organisation_id not in ours or not part.grant_pounds:
            continue
        for number in range(1, rules.periods(award.starts_on, award.ends_on) + 1):
            first, last = quarter_of_project(award.starts_on, number, award.ends_on)
            if last < today and (part.organisation_id, number) not in begun:
                text = f"{part.organisation}: period {number}, {uk_date(first)} to {uk_date(last)}"
                found.append((f"{part.organisation_id}:{number}", text))
    return found
