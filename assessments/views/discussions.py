"""Discussions of bids: officials open, read and close them; assessors who have handed in read and talk."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.signed_in import acting, person
from assessments import blind, discussions, rules, sheet
from assessments.actions.discussions import close_discussion, open_discussion, remark
from assessments.actions.scoring import reopen_assessment
from assessments.forms import Reopening
from assessments.models import Discussion, Seat
from assessments.states import DiscussionState
from bids.models import Bid
from bids.views.officials import find_bid
from infra.deeds import carry_out
from infra.forms import WordsField
from infra.kept import typed as typed_before


class Text(forms.Form):
    """Something that is said; its label says what."""

    text = WordsField(max_words=rules.REMARK_WORDS, rows=5, label="What do you want to say?")

    def __init__(self, data: Any = None, *, label: str = "", prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix)
        if label:
            self.fields["text"].label = label


class Opening(Text):
    """Why a bid is discussed, and why all the same where nothing is flagged."""

    although = WordsField(
        max_words=rules.REMARK_WORDS,
        rows=3,
        label="Nothing is flagged on this bid. Why should it be discussed all the same?",
        help_text="For the record. Officials and auditors read it, assessors do not.",
    )

    def __init__(self, data: Any = None, *, is_flagged: bool) -> None:
        super().__init__(data, prefix="open", label="Why should this bid be discussed?")
        self.fields["text"].help_text = "Its assessors read it."
        if is_flagged:
            del self.fields["although"]


def _thread(bid: Bid, reader: Any) -> list[tuple[Discussion, list[discussions.Said]]]:
    """Return the discussions of a bid, the newest first, each with what was said."""
    said = discussions.remarks_of(bid, reader)
    return [(discussion, said.get(discussion.pk, [])) for discussion in discussions.of_bid(bid)]


def _shown(bid: Bid, reader: Any) -> dict[str, Any]:
    thread = _thread(bid, reader)
    return {
        "bid": bid,
        "thread": thread,
        "current": next((d for d, _ in thread if d.state == DiscussionState.OPEN), None),
        "sheets": discussions.sheets_of(bid, reader),
        "questions": list(discussions.questions_of(bid.competition_id)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def for_assessor(request: HttpRequest, seat: int) -> HttpResponse:
    """Show an assessor who has handed in what the others gave, by letter, and let them talk."""
    user = person(request)
    held = get_object_or_404(discussions.seats_in(user), pk=seat)
    shown = _shown(held.bid, user)
    form = Text(request.POST or typed_before(request))
    facts = {"discussion": shown["current"], "seat": held, "by": user, "at": timezone.now()}
    if request.method == "POST" and not shown["current"]:
        messages.error(request, "The discussion is closed.")
        return redirect("assessment_discussion", held.pk)
    if (
        request.method == "POST"
        and form.is_valid()
        and carry_out(form, remark, text=form.cleaned_data["text"], **facts)
    ):
        messages.success(request, "Said. The others read it without your name.")
        return redirect("assessment_discussion", held.pk)
    shield = blind.shield_of(held.bid) if held.bid.competition.is_blind else None
    title = blind.title_for_assessor(held.bid)
    facts = {"seat": held, "form": form, "title": title, "withheld": shield.text if shield else str}
    return render(request, "assessments/discussion.html", shown | facts)


DEEDS = {"open": "Opened", "say": "Said", "close": "Closed"}


@require_http_methods(["GET", "HEAD", "POST"])
def for_official(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Show officials the discussions of a bid; fund managers open one, talk, and close it with its outcome."""
    user, role = acting(request, rules.READS_ALL)
    found = find_bid(user, reference, bid)
    deed = request.POST.get("deed", "")
    if request.method == "POST" and deed in DEEDS:
        user, role = acting(request, rules.MANAGES)
    shown = _shown(found, user)
    flags = [] if shown["current"] else sheet.flags_of(found)
    typed = {name: request.POST if deed == name else None for name in DEEDS}
    made = {
        "open": Opening(typed["open"], is_flagged=bool(flags)),
        "say": Text(typed["say"], prefix="say"),
        "close": Text(typed["close"], prefix="close", label="What came of the discussion?"),
    }
    facts = {"by": user, "role": role, "at": timezone.now()}
    if deed in DEEDS and _done(made[deed], deed, found, shown["current"], facts):
        messages.success(request, f"{DEEDS[deed]}. The assessors are told.")
        return redirect("bid_discussion", reference, bid)
    more = {
        "competition": found.competition,
        "forms": made,
        "form": made.get(deed),
        "may_manage": discussions.takes_part(user),
        "flags": flags,
        "names": dict(found.seats.values_list("pk", "assessor__user__full_name")),
        "withheld": str,
    }
    return render(request, "assessments/bid_discussion.html", shown | more)


def _done(form: Text, deed: str, bid: Bid, current: Discussion | None, facts: dict[str, Any]) -> bool:
    """Do what an official asks for; tell whether it is done."""
    if not form.is_valid():
        return False
    text = form.cleaned_data["text"]
    if deed == "open":
        why = form.cleaned_data.get("although", "")
        return carry_out(form, open_discussion, bid=bid, reason=text, unflagged_reason=why, **facts)
    if current is None:
        form.add_error(None, "No discussion of this bid is open.")
        return False
    if deed == "say":
        return carry_out(form, remark, discussion=current, text=text, **facts)
    return carry_out(form, close_discussion, discussion=current, outcome=text, **facts)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, reference: str, bid: str, seat: int) -> HttpResponse:
    """Let an assessor change what they have handed in."""
    user, role = acting(request, rules.MANAGES)
    found = find_bid(user, reference, bid)
    held = get_object_or_404(Seat.objects.select_related("assessor__user"), pk=seat, bid=found)
    form = Reopening(request.POST if request.method == "POST" else None)
    facts = {"seat": held, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, reopen_assessment, reason=form.cleaned_data["reason"], **facts):
        messages.success(request, f"The assessment is open again, and {held.assessor.user} is told.")
        return redirect("competition_bid", reference, bid)
    back = reverse("competition_bid", args=[reference, bid])
    shown = {
        "bid": found, "competition": found.competition, "form": form, "back": (found.reference, back),
        "what": f"the assessment of {held.assessor.user}",
    }  # fmt: skip
    return render(request, "assessments/reopen.html", shown)
