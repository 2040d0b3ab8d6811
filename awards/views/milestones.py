"""Pages of milestones: agreed on before the letter, marked as they are reached."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import person
from accounts.states import Role
from awards.actions import milestones as actions
from awards.next_steps import BEFORE_LETTER
from awards.states import AwardState
from awards.views.shared import GET_OR_POST, as_applicant, find_award, posted, today
from infra.deeds import attempt, carry_out
from infra.forms import DateField, WordsField


class NewMilestone(forms.Form):
    """What the project is to reach, and by when."""

    title = forms.CharField(
        label="What is to be reached?", max_length=actions.LONGEST,
        help_text="Something that can be seen or counted, such as: 40 patients have worn the sensor for a month.",
    )  # fmt: skip
    due_on = DateField(label="By when?", help_text="A day of the project, such as 27 3 2027")


class Reached(forms.Form):
    """That a milestone is reached."""

    reached_on = DateField(label="On which day was it reached?", help_text="For example, 27 3 2027")
    note = WordsField(
        label="What shows it?", max_words=200, rows=4, help_text="The monitoring officer and the fund manager read it."
    )


@require_http_methods(GET_OR_POST)
def milestones(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the milestones of an award; before the letter its lead adds one."""
    found = find_award(request, reference)
    form = NewMilestone(posted(request))
    if request.method == "POST":
        who = as_applicant(request, found.bid.lead_id)
        if form.is_valid() and carry_out(form, actions.add_milestone, award=found, **form.cleaned_data, **who):
            messages.success(request, "The milestone is added.")
            return redirect("milestones", reference)
    leads = found.bid.lead_id in person(request).organisation_ids(Role.APPLICANT)
    facts = {
        "award": found,
        "rows": list(found.milestones.select_related("reached__by")),
        "form": form,
        "may_add": leads and found.state in BEFORE_LETTER,
        "may_reach": leads and found.state == AwardState.LIVE,
        "today": today(),
    }
    return render(request, "awards/milestones.html", facts)


@require_POST
def remove(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Take a milestone away again."""
    found = find_award(request, reference)
    who = as_applicant(request, found.bid.lead_id)
    milestone = get_object_or_404(found.milestones.select_related("award"), pk=key)
    attempt(request, actions.remove_milestone, "The milestone is removed.", milestone=milestone, **who)
    return redirect("milestones", reference)


@require_http_methods(GET_OR_POST)
def reach(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Say that a milestone is reached."""
    found = find_award(request, reference)
    who = as_applicant(request, found.bid.lead_id)
    milestone = get_object_or_404(found.milestones.select_related("award"), pk=key)
    form = Reached(posted(request))
    if form.is_valid() and carry_out(form, actions.reach_milestone, milestone=milestone, **form.cleaned_data, **who):
        messages.success(request, f"“{milestone.title}” is reached.")
        return redirect("milestones", reference)
    return render(request, "awards/milestone_reach.html", {"award": found, "milestone": milestone, "form": form})
