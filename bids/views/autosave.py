"""Save what somebody is typing, every few seconds: the most frequent request of all, so it does little."""

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
from bids.views.loading import my_bid_alone
from funds.models import Question
from infra import words


@require_POST
def answer(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """Save an answer; reply with one line that says so, or why not, and the version that is saved now."""
    user, now = person(request), timezone.now()
    bid = my_bid_alone(user, reference)
    asked = get_object_or_404(Question, competition=bid.competition_id, slug=slug)
    form = AnswerForm(request.POST, question=asked)
    try:
        if not form.is_valid():
            raise Refused("This page is damaged. Copy your text, then open the page again.")
        kept, why = actions.keep_answer(bid=bid, question=asked, by=user, at=now, by_itself=True, **form.cleaned_data)
    except Refused as refused:
        is_conflict = isinstance(refused, actions.Conflict)
        line = {"saved_at": None, "why": str(refused), "is_conflict": is_conflict}
        return HttpResponse(render_to_string("bids/saved.html", line), status=409 if is_conflict else 422)
    touch(bid=bid, section=sections.of_question(slug), by=user, at=now)
    done = {"saved_at": now, "why": why or words.over_limit(kept.text, asked.word_limit)}
    return HttpResponse(render_to_string("bids/saved.html", done), headers={"Matchfund-Version": kept.version})
