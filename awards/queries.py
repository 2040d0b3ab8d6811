"""Reads of awards, letters, claims and payments."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from awards import rules
from awards.models import Award, AwardPartner, Claim, ClaimLine, Letter, MatchSpent, Underspend
from awards.states import CLAIM_AT_REST, AnnexState, AwardState, UnderspendState
from bids.models import Bid
from bids.queries import kept_from
from bids.states import BidState
from funds.models import LedgerEntry
from funds.rules_in_database import MOVES

HASH_LENGTH = 64  # of a SHA-256 in hexadecimal
SEE_ALL = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR})
WATCH = (Role.MONITORING_OFFICER, Role.AHSN_LEAD)
OFFICIALS = SEE_ALL | frozenset(WATCH)
DISALLOWED = Coalesce(F("adjustment__pence"), 0)
ALLOWED = F("pence") - DISALLOWED


def visible_to(user: Any) -> QuerySet[Award]:
    """Return the awards that a person may see: applicants their organisations', networks those they monitor.

    Officials and networks see nothing of a bid that a conflict of interest keeps from them.
    """
    seen = Award.objects.select_related("bid__competition__stream", "bid__lead", "envelope")
    if not isinstance(user, User):
        return seen.none()
    if user.roles & SEE_ALL:
        return seen.exclude(bid__in=kept_from(user))
    parts = AwardPartner.objects.filter(award=OuterRef("pk"), organisation__in=user.organisation_ids(Role.APPLICANT))
    watched = user.organisation_ids(*WATCH)
    found = Q(Exists(parts))
    return seen.filter(found | Q(network__in=watched) & ~Q(bid__in=kept_from(user)) if watched else found)


def claims_visible_to(user: Any) -> QuerySet[Claim]:
    """Return the claims that a person may see; officials and networks see those that were submitted.

    What an organisation had begun is gone with its part in the award.
    """
    seen = Claim.objects.select_related("award__bid", "award__envelope", "organisation")
    if not isinstance(user, User):
        return seen.none()
    submitted = Q(submitted_at__isnull=False)
    if user.roles & SEE_ALL:
        return seen.filter(submitted).exclude(award__bid__in=kept_from(user))
    watched = user.organisation_ids(*WATCH)
    part = AwardPartner.objects.filter(award=OuterRef("award"), organisation=OuterRef("organisation"))
    own = Q(organisation__in=user.organisation_ids(Role.APPLICANT)) & Q(Exists(part))
    theirs = submitted & Q(award__network__in=watched)
    return seen.filter(own | theirs & ~Q(award__bid__in=kept_from(user)) if watched else own)


def awaiting_offer(user: User) -> QuerySet[Bid]:
    """Return the bids that the panel funds and that have no award yet, with `grant_pounds` asked for.

    Those are left out that a conflict of interest keeps from the person.
    """
    won = Bid.objects.filter(state=BidState.SUCCESSFUL, award=None).select_related("competition__pot", "lead")
    won = won.exclude(pk__in=kept_from(user))
    return won.annotate(grant_pounds=Sum("partners__grant_pounds"))


def letter_by_code(code: str) -> Letter | None:
    """Return the letter with a short code, or with a SHA-256; typed in any case, with or without dashes and blanks."""
    typed = "".join(c for c in code.upper() if c.isalnum())
    wanted = {"sha256": typed.lower()} if len(typed) == HASH_LENGTH else {"short_code": f"{typed[:4]}-{typed[4:]}"}
    return Letter.objects.select_related("award__bid__lead").filter(**wanted).first()


def is_superseded(letter: Letter) -> bool:
    """Tell whether a later letter of the same award has taken this one's place."""
    return Letter.objects.filter(award=letter.award_id, number__gt=letter.number).exists()


def network_for(organisation: Organisation) -> Organisation | None:
    """Return the AHSN of an organisation's region: of several, the one that monitors the fewest awards."""
    networks = Organisation.objects.filter(kind=OrganisationKind.AHSN, region=organisation.region).exclude(region="")
    return min(networks.order_by("name"), key=lambda n: n.monitored_awards.count(), default=None)


def left_by_year(award: Award) -> dict[str, int]:
    """Return what is committed to an award and not yet instructed, in pence by financial year."""
    entries = LedgerEntry.objects.filter(award=award.envelope_id).values_list("kind", "year")
    left: dict[str, int] = {}
    for kind, year, pence in entries.annotate(total=Sum("pence")):
        moves = MOVES[kind]["award"]
        left[year] = left.get(year, 0) + pence * (moves.get("committed", 0) - moves.get("instructed", 0))
    return left


def released(parts: Iterable[AwardPartner]) -> int:
    """Return what two people have released of the grant of these partners."""
    found = Underspend.objects.filter(part__in=[part.pk for part in parts], state=UnderspendState.RELEASED)
    return found.aggregate(total=Sum("pence"))["total"] or 0


def entitlement(claim: Claim) -> rules.Entitlement:
    """Return what a claim's partner was awarded and what its other claims have used up, or two people have released."""
    part = AwardPartner.objects.get(award=claim.award_id, organisation=claim.organisation_id)
    others = Claim.objects.filter(award=claim.award_id, organisation=claim.organisation_id, state__in=rules.COUNTED)
    others = others.exclude(pk=claim.pk)
    lines = ClaimLine.objects.filter(claim__in=others).values_list("category").annotate(total=Sum(ALLOWED))
    return rules.Entitlement(
        costs=part.costs,
        percent=part.percent,
        cost_pounds=part.cost_pounds,
        grant_pounds=part.grant_pounds,
        other_public_pounds=part.other_public_pounds,
        match_pounds=part.match_pounds,
        used_by_category=dict(lines),
        used_grant_pence=(others.aggregate(total=Sum("grant_pence"))["total"] or 0) + released([part]),
    )


def items(claim: Claim) -> list[ClaimLine]:
    """Return the items of spend on a claim in their order, each with `disallowed` pence and `files` that prove it."""
    found = claim.lines.annotate(disallowed=DISALLOWED, files=Count("evidence")).select_related("adjustment")
    return list(found.order_by("id"))


def match_items(claim: Claim) -> list[MatchSpent]:
    """Return the match funding spent on a claim in its order, each with the `files` that prove it."""
    return list(claim.match_lines.annotate(files=Count("evidence")).select_related("source").order_by("id"))


def lines_of(claim: Claim) -> list[rules.Line]:
    """Return the items of spend on a claim, in their order."""
    return [line_of(item) for item in items(claim)]


def line_of(item: Any) -> rules.Line:
    """Return one of `items` as the rules read it."""
    return rules.Line(
        category=item.category,
        description=item.description,
        incurred_on=item.incurred_on,
        pence=item.pence,
        invoice_number=item.invoice_number,
        supplier=item.supplier,
        no_evidence_reason=item.no_evidence_reason,
        duplicate_reason=item.duplicate_reason,
        has_evidence=item.files > 0,
        disallowed=item.disallowed,
    )


def match_line_of(item: Any) -> rules.MatchLine:
    """Return one of `match_items` as the rules read it."""
    return rules.MatchLine(
        item.description, item.spent_on, item.pence, item.source_id, item.no_evidence_reason, item.files > 0
    )


def overdue_letters(at: dt.datetime) -> QuerySet[Award]:
    """Return the awards whose letter was not accepted in time, but for those whose signed annex waits to be checked."""
    late = Award.objects.filter(state=AwardState.LETTER_ISSUED, accept_by__lt=rules.uk_day(at))
    return late.exclude(annexes__state=AnnexState.WAITING).order_by("id")


def awaiting_start(at: dt.datetime) -> QuerySet[Award]:
    """Return the accepted awards whose project has begun."""
    return Award.objects.filter(state=AwardState.ACCEPTED, starts_on__lte=rules.uk_day(at)).order_by("id")


def unsettled_claims(award: Award) -> QuerySet[Claim]:
    """Return the claims of an award that were submitted and are neither paid nor rejected."""
    return award.claims.exclude(state__in=CLAIM_AT_REST)
