"""Reads of bids: who may see which, what was submitted, and what a bid still lacks."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum

from accounts.models import SizeDeclaration, User
from accounts.states import Role
from bids import aid, costs, match, readiness, rules
from bids.cumulation import Limit
from bids.models import Answer, Bid, BidVersion, Document, MatchSource, Partner, TeamMember
from bids.states import BidState, CostCategory, DocumentKind, MatchKind, MatchState, ScanState, TeamRole
from bids.whole import Whole, whole
from funds.models import Competition, Question, Strand
from infra.rows import rows


def visible_to(user: Any) -> QuerySet[Bid]:
    """Return the bids that a person may see.

    Applicants see those that they work on. Fund managers, finance officers and auditors see what has been submitted,
    but for what a conflict of interest keeps from them. Nobody else sees any here.
    """
    if not isinstance(user, User):
        return Bid.objects.none()
    if user.roles & rules.READS_SUBMITTED:
        return Bid.objects.filter(version__gte=1).exclude(pk__in=kept_from(user))
    return worked_on_by(user)


def kept_from(user: User, competition: Competition | int | None = None) -> set[int]:
    """Return the keys of the bids, of one competition or of all, that a conflict of interest keeps from a person.

    It is known from the interests of an assessor, or declared at a panel's table. Every read of bids by officials
    leaves these out: lists, files, scores and sums. One query.
    """
    ways = ("assessor__blocks__bid", "panels__conflicts__bid")
    known, declared = (
        User.objects.filter(
            pk=user.pk, **({f"{way}__isnull": False} if competition is None else {f"{way}__competition": competition})
        ).values_list(way)
        for way in ways
    )
    return {key for (key,) in known.order_by().union(declared.order_by())}


def kept_away(bid: int) -> QuerySet[User]:
    """Return the people from whom `kept_from` keeps a bid."""
    return User.objects.filter(Q(assessor__blocks__bid=bid) | Q(panels__conflicts__bid=bid)).distinct()


def worked_on_by(user: User) -> QuerySet[Bid]:
    """Return the bids of a person's organisations, but for those from which the person was removed."""
    ours = user.organisation_ids(Role.APPLICANT)
    if not ours:
        return Bid.objects.none()
    takes_part = Partner.objects.filter(organisation__in=ours).values("bid")
    removed = TeamMember.objects.filter(user=user, role=TeamRole.REMOVED).values("bid")
    return Bid.objects.filter(Q(lead__in=ours) | Q(pk__in=takes_part)).exclude(pk__in=removed)


def is_of_applicant(user: User, bid: Bid) -> bool:
    """Tell whether a person acts for the lead or a partner of a bid."""
    ours = user.organisation_ids(Role.APPLICANT)
    return bid.lead_id in ours or bid.partners.filter(organisation__in=ours).exists()


def standing_content(bid: Bid) -> dict[str, Any] | None:
    """Return the content of the last submitted version, the only one that officials read; None when there is none."""
    version = BidVersion.objects.filter(bid=bid).order_by("-number").first()
    return version.content if version else None


def answers_for(user: User, bid: Bid) -> dict[str, str]:
    """Return question slug → text as this person may read it: applicants their drafts, officials what was submitted."""
    if worked_on_by(user).filter(pk=bid.pk).exists():
        return dict(bid.answers.order_by("question__position").values_list("question__slug", "text"))
    content = standing_content(bid) or {}
    return {answer["slug"]: answer["text"] for answer in content.get("answers", [])}


def ceilings_of(competition: Competition) -> dict[tuple[str, str], Decimal]:
    """Return the regime's ceilings: (research category, size) → per cent."""
    found = rows(_CEILINGS, {"regime": competition.regime_id})
    return {(category, size): percent for category, size, percent in found}


def ceiling_of(partner: Partner, category: str, competition: Competition) -> rules.CeilingFound:
    """Return the ceiling of one partner, and why."""
    return rules.ceiling(ceilings_of(competition), category, partner.size, competition.max_percent)


_CEILINGS = "SELECT category, size, percent FROM funds_ceiling WHERE regime_id = %(regime)s"
_RECEIPTS = """
    SELECT {u}, v.number, v.sha256, v.at, v.within_grace FROM bids_bidversion v JOIN accounts_user u ON u.id = v.by_id
    WHERE v.bid_id = %(bid)s ORDER BY v.number DESC
"""
_MISSING = """
    SELECT title FROM funds_askeddocument
    WHERE competition_id = %(call)s AND is_required AND id <> ALL(%(given)s) ORDER BY position
"""


class Receipt(NamedTuple):
    """What a receipt says of a version."""

    by: User
    number: int
    sha256: str
    at: dt.datetime
    within_grace: bool


def receipts(bid: Bid) -> list[Receipt]:
    """Return the receipts of a bid's versions, the newest first."""
    return [Receipt(*row) for row in rows(_RECEIPTS, {"bid": bid.pk}, u=User)]


def content_of(bid: Bid) -> dict[str, Any]:
    """Return everything that is submitted, in one order, as the receipt's hash covers it."""
    return content_in(whole(bid))


def content_in(found: Whole) -> dict[str, Any]:
    """Return everything that is submitted of a bid that has been read."""
    bid = found.bid
    slugs: dict[int | None, str] = {question.pk: question.slug for question, _ in found.answers}
    return {
        "reference": bid.reference,
        "competition": bid.competition.reference,
        "strand": bid.strand.code,
        "title": bid.title,
        "category": bid.category,
        "clinical_area": bid.clinical_area,
        "start_on": bid.start_on,
        "months": bid.months,
        "answers": [
            {"slug": question.slug, "heading": question.heading, "text": answer.text}
            for question, answer in found.answers
            if answer
        ],
        "partners": [_partner_content(p) for p in found.partners],
        "documents": [_document_content(d, slugs) for d in found.documents],
    }


def current_documents(bid: Bid) -> QuerySet[Document]:
    """Return the documents that are in a bid now, the oldest first."""
    return Document.objects.filter(bid=bid, deleted_at=None).order_by("id")


def _document_content(document: Document, slugs: Mapping[int | None, str]) -> dict[str, Any]:
    return {
        **{field: getattr(document, field) for field in _FILE},
        "question": slugs.get(document.question_id),
    }


_FILE = ("id", "kind", "filename", "number", "bytes", "sha256", "match_source_id", "asked_id")
_MONEY = ("size", "working_days", "percent", "cost_pounds", "other_public_pounds", "grant_pounds", "match_pounds")
_COST = ("category", "description", "inputs", "amount")
_PLEDGE = ("kind", "funder", "amount_pounds", "secured_on", "available_on")


def _partner_content(partner: Partner) -> dict[str, Any]:
    organisation = partner.organisation
    lines = list(partner.cost_lines.all())
    return {
        "organisation_id": organisation.pk,
        "name": organisation.name,
        "identifier": organisation.identifier,
        "is_lead": partner.is_lead,
        **{field: getattr(partner, field) for field in _MONEY},
        "costs": [
            {"category": x.category, "description": x.description, "inputs": x.inputs, "amount": x.amount}
            for x in lines
        ],
        "categories": costs.category_totals(lines),
        "match_sources": [_pledge_content(s) for s in partner.match_sources.all()],
        **({"aid": aid.declaration_content(partner)} if aid.is_loaded(partner) else {}),
    }


def _pledge_content(source: MatchSource) -> dict[str, Any]:
    """Return a pledge; one by a person, or from before funders were organisations, names nobody's key."""
    giver = {"organisation_id": source.organisation_id} if source.organisation_id else {}
    return {field: getattr(source, field) for field in _PLEDGE} | giver


def problems(bid: Bid, today: Any) -> list[readiness.Problem]:
    """Return everything that stops a bid from being submitted, section by section."""
    return readiness.problems(facts_of(bid), today)


def facts_of(bid: Bid) -> readiness.BidFacts:
    """Return a bid as the check of readiness sees it, in a constant number of queries."""
    return facts_in(whole(bid))


def facts_in(found: Whole) -> readiness.BidFacts:
    """Return a bid that has been read as the check of readiness sees it."""
    bid, competition, documents = found.bid, found.bid.competition, found.documents
    table = ceilings_of(competition)
    infected = {d.kind == DocumentKind.MATCH_EVIDENCE for d in documents if d.scan == ScanState.INFECTED}
    evidence, given = _by_source(documents), [d.asked_id for d in documents if d.asked_id]
    return readiness.BidFacts(
        category=bid.category,
        start_on=bid.start_on,
        months=bid.months,
        answers=tuple(_answer_facts(question, answer) for question, answer in found.answers),
        partners=tuple(partner_facts(p, bid, competition, table, evidence) for p in found.partners),
        has_overhead_workings=any(d.kind == DocumentKind.OVERHEAD_WORKINGS for d in documents),
        has_infected_document=False in infected,
        has_infected_evidence=True in infected,
        missing_documents=tuple(title for (title,) in rows(_MISSING, {"call": competition.pk, "given": given})),
        call=_call_facts(competition, bid.strand, aid.limit_for(found.partners, competition)),
    )


def facts_without_papers(bid: Bid, partners: tuple[readiness.PartnerFacts, ...]) -> readiness.BidFacts:
    """Return as much of a bid as its money is judged by, in no query."""
    return readiness.BidFacts(
        category=bid.category, start_on=bid.start_on, months=bid.months, answers=(), partners=partners,
        has_overhead_workings=False, has_infected_document=False, call=_call_facts(bid.competition, bid.strand),
    )  # fmt: skip


def _call_facts(competition: Competition, strand: Strand, aid_limit: Limit | None = None) -> readiness.CallFacts:
    return readiness.CallFacts(
        categories=strand.categories,
        cost_min=strand.cost_min_pounds,
        cost_max=strand.cost_max_pounds,
        months_min=strand.months_min,
        months_max=strand.months_max,
        start_by=competition.start_by,
        match_is_required=competition.match_is_required,
        in_kind_percent=competition.in_kind_percent,
        consortium=consortium_rules(competition, strand),
        aid_limit=aid_limit,
    )


def consortium_rules(competition: Competition, strand: Strand) -> rules.ConsortiumRules:
    """Return what a competition and its strand ask of who takes part."""
    return rules.ConsortiumRules(
        lead_kinds=competition.lead_kinds,
        partner_kinds=competition.partner_kinds,
        collaboration=strand.collaboration,
        claiming_partners_min=strand.claiming_partners_min,
        non_business_share_percent=competition.non_business_share_percent,
    )


def with_money(partners: QuerySet[Partner]) -> Sequence[Partner]:
    """Return partners with all that `partner_facts` looks at, in a constant number of queries."""
    evidence = Prefetch("match_sources__documents", Document.objects.filter(deleted_at=None))
    worked_out = SizeDeclaration.objects.filter(organisation=OuterRef("organisation"))
    found = partners.select_related("organisation").prefetch_related("cost_lines", "match_sources", evidence)
    limit = F("bid__competition__regime__aid_limit")
    return aid.loaded(found.annotate(size_is_worked_out=Exists(worked_out), aid_limit=limit))


def _by_source(documents: Iterable[Document]) -> dict[int | None, list[Document]]:
    found: dict[int | None, list[Document]] = defaultdict(list)
    for document in documents:
        found[document.match_source_id].append(document)
    return found


def _answer_facts(question: Question, answer: Answer | None) -> readiness.AnswerFacts:
    text, is_complete = (answer.text, answer.is_complete) if answer else ("", False)
    return readiness.AnswerFacts(question.heading, text, question.word_limit, is_complete)


def partner_facts(
    partner: Partner,
    bid: Bid,
    competition: Competition,
    table: dict,
    evidence: Mapping[int | None, Sequence[Document]] | None = None,
) -> readiness.PartnerFacts:
    """Return a partner as the check of readiness sees it.

    Args:
        partner: one of `with_money`.
        table: the ceilings of the competition's regime.
        evidence: key of a source of match funding → its documents, when the partner did not bring them along.
    """
    organisation = partner.organisation
    return readiness.PartnerFacts(
        party=rules.Party(
            organisation.name, organisation.kind, partner.is_lead, partner.cost_pounds, partner.grant_pounds
        ),
        percent=partner.percent,
        ceiling=rules.ceiling(table, bid.category, partner.size, competition.max_percent),
        match=partner.match_pounds,
        sources=tuple(
            match_source(s, s.documents.all() if evidence is None else evidence.get(s.pk, ()))
            for s in partner.match_sources.all()
            if s.state != MatchState.REJECTED
        ),
        states_overheads=any(
            line.category == CostCategory.OVERHEADS and line.inputs.get("kind") == "stated"
            for line in partner.cost_lines.all()
        ),
        aid=aid.declared_by(partner) if aid.is_loaded(partner) else None,
        is_of_another_size=partner.size_is_worked_out and partner.size != organisation.size,  # type: ignore[attr-defined]
    )


def match_kinds(competition: Competition) -> list[str]:
    """Return the kinds of match funding that a competition takes; in kind only when some of it may be."""
    return [k for k in competition.match_kinds if competition.in_kind_percent or k != MatchKind.IN_KIND]


def match_source(source: MatchSource, evidence: Iterable[Document]) -> match.Source:
    """Return a source with its documents as the rules see it; what is verified is not asked for again."""
    dated = [d.dated_on for d in evidence if d.deleted_at is None and d.dated_on]
    newest = None if source.state == MatchState.VERIFIED else max(dated, default=None)
    return match.Source(source.kind, source.counts_pounds, source.available_on, source.funder, newest)


def bids_of_business(organisation_id: int, competition: Competition, *, but: Bid, leading: bool = False) -> int:
    """Return how many standing bids of a competition an organisation is in, or leads, besides `but`."""
    standing = Bid.objects.filter(competition=competition, version__gte=1).exclude(pk=but.pk)
    standing = standing.exclude(state__in=[BidState.WITHDRAWN, BidState.INELIGIBLE])
    if leading:
        return standing.filter(lead=organisation_id).count()
    return standing.filter(partners__organisation=organisation_id).count()


def same_pledge(source: MatchSource) -> Q:
    """Return what a citation of the same pledge fulfils: the same funder, by organisation or name, date and amount."""
    funder = Q(funder__iexact=source.funder)
    if source.organisation_id:
        funder |= Q(organisation=source.organisation_id)
    return funder & Q(secured_on=source.secured_on, amount_pounds=source.amount_pounds)


def same_money(source: MatchSource) -> QuerySet[MatchSource]:
    """Return the other sources, of any bid, that cite the same pledge (funder, date, amount) or the same file."""
    files = Document.objects.filter(match_source=source, deleted_at=None).values("sha256")
    same_file = Document.objects.filter(sha256__in=files, match_source__isnull=False, deleted_at=None)
    return (
        MatchSource.objects.filter(same_pledge(source) | Q(pk__in=same_file.values("match_source")))
        .exclude(pk=source.pk)
        .select_related("partner__bid")
        .order_by("id")
    )


def verified_pounds(sources: Iterable[MatchSource]) -> int:
    """Return what is verified on these sources, leaving out bids that have ended without an award."""
    return sum(
        s.verified_pounds or 0
        for s in sources
        if s.state == MatchState.VERIFIED and s.partner.bid.state not in rules.ENDED
    )


def verified_match(partner: Partner) -> int:
    """Return the match funding verified for a partner, in whole pounds."""
    verified = partner.match_sources.filter(state=MatchState.VERIFIED)
    return verified.aggregate(total=Sum("verified_pounds"))["total"] or 0
