"""Save what somebody is typing, every few seconds: the most frequent request of all, so it does little."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.rules import Refused
from accounts.signed_in import person
from bids import actions, sections
from bids.actions.team import touch
from bids.forms.papers import AnswerForm
from bids.forms.project import DetailsForm
from bids.seen import DETAILS
from bids.views.loading import my_bid, my_bid_alone
from funds.models import Question
from funds.seen import Outdated, key_of
from infra import words

DAMAGED = "This page is damaged. Copy your text, then open the page again."


@require_POST
def answer(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """Save an answer; reply with one line that says so, or why not, and the version that is saved now."""
    user, now = person(request), timezone.now()
    bid = my_bid_alone(user, reference)
    asked = get_object_or_404(Question, competition=bid.competition_id, slug=slug)
    form = AnswerForm(request.POST, question=asked)
    try:
        if not form.is_valid():
            raise Refused(DAMAGED)
        kept, why = actions.keep_answer(bid=bid, question=asked, by=user, at=now, by_itself=True, **form.cleaned_data)
    except Refused as refused:
        return _not_saved(refused, is_conflict=isinstance(refused, actions.Conflict))
    touch(bid=bid, section=sections.of_question(slug), by=user, at=now)
    return _saved(now, why or words.over_limit(kept.text, asked.word_limit), kept.version)


@require_POST
def details(request: HttpRequest, reference: str) -> HttpResponse:
    """Save those of the project's details that are right as they stand; reply as for an answer.

    The kind of research waits for the button: another one may set percentages back.
    """
    user, now = person(request), timezone.now()
    bid = my_bid(user, reference)
    form = DetailsForm(request.POST, bid=bid, today=now.date())
    wrong = [str(errors[0]) for errors in form.errors.values()]
    right = {name: value for name, value in form.cleaned_data.items() if name != "category"}
    if form.cleaned_data.get("category", bid.category) != bid.category:
        wrong.append("The kind of research is saved when you press Save.")
    try:
        if "seen" in form.errors:
            raise Refused(DAMAGED)
        bid = actions.save_basics(bid=bid, by=user, at=now, **right)
    except Refused as refused:
        return _not_saved(refused, is_conflict=isinstance(refused, Outdated))
    touch(bid=bid, section=sections.DETAILS, by=user, at=now)
    return _saved(now, " ".join(wrong), key_of(bid, DETAILS))


def _saved(at: dt.datetime, why: str, version: object) -> HttpResponse:
    line = render_to_string("bids/saved.html", {"saved_at": at, "why": why})
    return HttpResponse(line, headers={"Matchfund-Version": version})


def _not_saved(why: Refused, *, is_conflict: bool) -> HttpResponse:
    line = {"saved_at": None, "why": str(why), "is_conflict": is_conflict}
    return HttpResponse(render_to_string("bids/saved.html", line), status=409 if is_conflict else 422)
