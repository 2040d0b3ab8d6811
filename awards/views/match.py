"""The match funding of an award: what each partner brings, on what evidence, and who has verified it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import person
from accounts.states import Role
from awards import match_desk, next_steps, queries, readiness
from awards.models import Award
from awards.views.shared import facts, find_award, reader, today
from bids import team
from bids.actions.downloads import take_document
from bids.models import MatchSource
from bids.rules import may_edit_part


@require_safe
def match(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the match funding of an award, to officials who see all and to its applicants."""
    found = find_award(request, reference)
    desk = match_desk.desk(found)
    decided = facts(found, list(found.partners.all()))
    by = person(request)
    mine = reader(by)
    if not (mine.roles & queries.SEE_ALL or mine.acts_for & decided.parties):
        raise PermissionDenied
    context = {
        "award": found,
        "desk": desk,
        "may": next_steps.of_award(decided, mine, today()),
        "covers": {one.part.pk: one for one in readiness.cover([part for part, _ in desk])},
        "shows_same": bool(mine.roles & queries.SEE_ALL),
        "declares": _declaring(by, found, [part.organisation_id for part, _ in desk]),
        "sees_evidence": {part.organisation_id for part, _ in desk if _sees(by, found, part.organisation_id)},
    }
    return render(request, "awards/match.html", context)


@require_GET
@never_cache
def evidence(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Send the person to a document of evidence on S3, by an address that lasts a minute."""
    found = find_award(request, reference)
    source = get_object_or_404(MatchSource.objects.select_related("partner__bid"), documents=key)
    document = get_object_or_404(source.documents.select_related("bid"), bid=found.bid_id, deleted_at=None, pk=key)
    by = person(request)
    if not _sees(by, found, source.partner.organisation_id):
        raise PermissionDenied
    role = next((role for role in sorted(queries.SEE_ALL) if role in by.roles), Role.APPLICANT)
    try:
        return redirect(take_document(document=document, by=by, role=role, at=timezone.now()))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("award_match", reference)


def _declaring(user: User, award: Award, organisations: list[int]) -> set[int]:
    """Return those of these organisations for which a person may still declare match funding before the letter."""
    if award.state not in next_steps.BEFORE_LETTER:
        return set()
    return {one for one in organisations if not team.why_not_edit_part(user, award.bid, one)}


def _sees(user: User, award: Award, organisation: int) -> bool:
    """Tell whether a person may open the evidence of a partner: bank statements are for officials and for its own."""
    acts_for = user.organisation_ids(Role.APPLICANT)
    return bool(user.roles & queries.SEE_ALL) or may_edit_part(award.bid.lead_id, organisation, acts_for)
