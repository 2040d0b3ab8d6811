"""Write a bid: its task list, the project's details, the answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import person
from bids import actions, overview, progress, team
from bids.forms.papers import AnswerForm
from bids.forms.project import DetailsForm
from bids.models import Answer, Bid
from bids.views.loading import changing, of_bid
from bids.views.working import on_the_bid
from funds.rules import is_open
from infra.deeds import carry_out
from infra.kept import typed as typed_before

NEW_CATEGORY = (
    "The kind of research has changed. Where that changes the grant ceiling, the percentage asked is back at 0:"
    " ask for it again on the page of each partner’s funding."
)


@require_safe
@of_bid
def bid(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show how far a bid is and what to do next."""
    user, now, call = person(request), timezone.now(), bid.competition
    takes_bids = is_open(call.state, call.opens_at, call.closes_at, now)
    found = overview.overview(bid, now.date())
    return render(
        request,
        "bids/bid.html",
        {
            "bid": bid,
            "overview": found,
            "only_mine": "mine" in request.GET,
            **on_the_bid(user, bid, found, now),
            "is_editable": team.is_open_to_changes(bid, now),
            "is_open": takes_bids,
            "may_edit": overview.may_edit(user, bid),
            "next_step": progress.next_step(bid.told_state, takes_bids, bid.version),
            "version": bid.versions.filter(number=bid.version).select_related("by").first(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@changing
def details(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Change title, clinical area, kind of research, start and length."""
    now = timezone.now()
    typed = typed_before(request)
    form = DetailsForm(request.POST or typed, bid=bid, today=now.date())
    facts = {"bid": bid, "by": person(request), "at": now}
    if (
        request.method == "POST"
        and form.is_valid()
        and carry_out(form, actions.save_basics, **facts, **form.cleaned_data)
    ):
        messages.success(request, "The project details are saved.")
        if form.cleaned_data.get("category", bid.category) != bid.category:
            messages.info(request, NEW_CATEGORY)
        return redirect("bid", bid.reference)
    return render(request, "bids/details.html", {"bid": bid, "form": form, "is_typed": typed})


@require_http_methods(["GET", "HEAD", "POST"])
@changing
def question(request: HttpRequest, bid: Bid, slug: str) -> HttpResponse:
    """Answer a question."""
    asked = get_object_or_404(bid.competition.questions, slug=slug)
    answer = Answer.objects.filter(bid=bid, question=asked).select_related("saved_by").first()
    later = bid.competition.questions.filter(position__gt=asked.position).order_by("position").first()
    page = {"bid": bid, "question": asked, "answer": answer, "later": later}
    if request.method != "POST":
        form, typed = AnswerForm.opened(asked, answer, typed_before(request))
        return render(request, "bids/question.html", page | {"form": form, "is_typed": typed})
    form = AnswerForm(request.POST, question=asked)
    try:
        form = _saved(form, bid, person(request))
    except actions.Conflict as conflict:
        base, again = form.cleaned_data["version"], form.at_version(conflict.version)
        return render(request, "bids/conflict.html", page | {"theirs": conflict, "form": again, "base": base})
    if not form.is_valid():
        return render(request, "bids/question.html", page | {"form": form, "is_typed": not form.is_saved})
    messages.success(request, f"Your answer to “{asked.heading}” is saved.")
    if later and "then" in request.POST:
        return redirect("bid_question", bid.reference, later.slug)
    return redirect("bid", bid.reference)


def _saved(form: AnswerForm, bid: Bid, by: User) -> AnswerForm:
    """Save what was typed; return the form with what was refused, at the version that is saved now.

    Raises:
        Conflict: somebody else saved another text meanwhile.
    """
    if not form.is_valid():
        return form
    try:
        kept, why = actions.keep_answer(bid=bid, question=form.question, by=by, at=timezone.now(), **form.cleaned_data)
    except actions.Conflict:
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
        return form
    if why:
        form = form.at_version(kept.version)
        form.is_saved = True
        form.add_error("text", f"{why} Your text is saved, but not marked as finished.")
    return form
