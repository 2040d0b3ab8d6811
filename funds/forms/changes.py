"""What officials type to allocate money, to send something back, to correct a competition and to move its deadline."""

import datetime as dt
from typing import Any

from django import forms

from accounts.models import User
from funds.actions.corrections import DAYS
from funds.forms.setup import ClockField, instant_of, officers, text_field, whole
from funds.instants import LONDON
from funds.models import Competition, Question
from infra.forms import DateField, PoundsField

PUBLIC_REASON = "Everybody reads it on the page of the competition."


class Allocation(forms.Form):
    """Money for a competition out of its stream."""

    pounds = PoundsField(label="How much?", min_value=1)
    reason = forms.CharField(label="What for?", max_length=200)


class SendBack(forms.Form):
    """Why something is not approved."""

    reason = text_field("Why do you send it back?", "The person who put it forward reads it.", rows=3)


class Plan(forms.Form):
    """The days and the officer of a published competition."""

    briefing_on = DateField(label="Briefing for bidders", required=False)
    assess_by = DateField(label="Assessments are in by", required=False)
    panel_on = DateField(label="Panel meets on", required=False)
    notify_on = DateField(label="Bidders are told by", required=False)
    start_by = DateField(label="Projects start by", help_text="It can only become later.", required=False)
    responsible_officer = forms.ModelChoiceField(label="Responsible officer", queryset=User.objects.none())
    reason = text_field("Why?", PUBLIC_REASON, rows=3)

    def __init__(self, data: Any = None, *, competition: Competition) -> None:
        names = (*DAYS, "responsible_officer")
        super().__init__(data, initial={name: getattr(competition, name) for name in names})
        officer: Any = self.fields["responsible_officer"]
        officer.queryset = officers()
        officer.label_from_instance = lambda user: user.full_name

    def facts(self) -> dict[str, Any]:
        """Return what the action takes."""
        typed = dict(self.cleaned_data)
        return {"reason": typed.pop("reason"), "fields": typed}


class Asked(forms.Form):
    """More words and clearer guidance for one question."""

    word_limit = whole("Word limit", 1, 5_000, "It can only rise.", suffix="words")
    guidance = text_field("Guidance", required=False)
    reason = text_field("Why?", PUBLIC_REASON, rows=3)

    def __init__(self, data: Any = None, *, question: Question) -> None:
        super().__init__(data, initial={"word_limit": question.word_limit, "guidance": question.guidance})


class Note(forms.Form):
    """A note that says more clearly what holds already."""

    note = text_field("Note", PUBLIC_REASON + " It changes no term.", rows=4)


class Deadline(forms.Form):
    """A later deadline; once the competition has closed, also when our service was away."""

    closes_on = DateField(label="New closing day")
    closes_time = ClockField(label="New closing time", help_text="Time in the United Kingdom, such as 12:00.")
    away_on = DateField(label="Day on which our service was away")
    away_time = ClockField(label="It was away from", help_text="Time in the United Kingdom, such as 10:40.")
    back_on = DateField(label="Day on which it was back")
    back_time = ClockField(label="It was back at", help_text="Time in the United Kingdom, such as 11:05.")
    reason = text_field("Why?", PUBLIC_REASON, rows=3)

    def __init__(self, data: Any = None, *, competition: Competition, now: dt.datetime) -> None:
        closes = competition.closes_at.astimezone(LONDON)
        super().__init__(data, initial={"closes_on": closes.date(), "closes_time": closes.time()})
        if now <= competition.closes_at:
            for name in ("away_on", "away_time", "back_on", "back_time"):
                del self.fields[name]

    def clean(self) -> None:
        found = {name: instant_of(self, name) for name in ("closes", "away", "back")}
        self.cleaned_data["closes_at"] = found["closes"]
        both = found["away"] and found["back"]
        self.cleaned_data["outage"] = (found["away"], found["back"]) if both else None

    def facts(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {name: self.cleaned_data[name] for name in ("closes_at", "outage", "reason")}
