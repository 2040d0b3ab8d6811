"""Correct a published competition where nobody is harmed: with a reason, in public, and told to everybody who bids."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import digest, record
from funds import notices, parts, queries, rules
from funds.models import Change, Competition, Question
from funds.starters.shape import Row
from funds.states import ChangeKind, CompetitionState

TEXT_LENGTH = 5_000
# While bids are assessed only the plan of what follows may still move.
CORRECTABLE_IN = (CompetitionState.PUBLISHED, CompetitionState.IN_ASSESSMENT, CompetitionState.AT_PANEL)
DAYS = {
    "briefing_on": "The briefing for bidders",
    "assess_by": "The end of the assessment",
    "panel_on": "The panel’s meeting",
    "notify_on": "The day by which bidders are told",
    "start_by": "The latest start of projects",
}


@transaction.atomic
def correct_plan(
    *, competition: Competition, fields: Row, reason: str, by: User, role: str, at: dt.datetime
) -> Change | None:
    """Change the days that follow the deadline, the briefing or the responsible officer; nothing new is nothing done.

    Args:
        fields: the days of `DAYS` and `responsible_officer`.

    Raises:
        Refused: the dates do not follow one another, projects would have to start earlier, or no reason is given.
    """
    competition = _locked(competition, CORRECTABLE_IN, role)
    before = digest(queries.content_of(competition))
    if competition.start_by and (fields["start_by"] is None or fields["start_by"] < competition.start_by):
        raise Refused("Projects cannot be made to start earlier than the competition said.")
    new = {name: value for name, value in fields.items() if getattr(competition, name) != value}
    if not new:
        return None
    what = " ".join(_sentence(name, getattr(competition, name), value) for name, value in new.items())
    changes = {name: [getattr(competition, name), value] for name, value in new.items()}
    for name, value in new.items():
        setattr(competition, name, value)
    if wrong := list(parts.order_problems(competition)):
        raise Refused(" ".join(wrong))
    competition.save(update_fields=list(new))
    return _tell(competition, ChangeKind.CORRECTION, what, reason, before, changes, by, role, at)


def _sentence(name: str, old: Any, new: Any) -> str:
    if name == "responsible_officer":
        return f"The responsible officer is now {new}."
    if new is None:
        return f"{DAYS[name]} has no date any more (it was {old:%-d %B %Y})."
    return f"{DAYS[name]} is {new:%-d %B %Y}" + (f" (it was {old:%-d %B %Y})." if old else ".")


@transaction.atomic
def correct_question(
    *, competition: Competition, question: Question, word_limit: int, guidance: str, reason: str, by: User, role: str,
    at: dt.datetime,
) -> Change | None:  # fmt: skip
    """Allow longer answers to a question or say its guidance more clearly; nothing new is nothing done.

    Raises:
        Refused: the limit would be lower, or no reason is given.
    """
    competition = _locked(competition, (CompetitionState.PUBLISHED,), role)
    question = Question.objects.get(pk=question.pk, competition=competition)
    before = digest(queries.content_of(competition))
    old_limit, old_guidance = question.word_limit, question.guidance
    if word_limit < old_limit:
        raise Refused(f"Somebody may have written {old_limit} words already, so the limit can only rise.")
    if word_limit == old_limit and guidance == old_guidance:
        return None
    question.word_limit, question.guidance = word_limit, guidance
    question.save(update_fields=["word_limit", "guidance"])
    said = []
    if word_limit != old_limit:
        said.append(f"Answers to “{question.heading}” may have {word_limit:,} words (it was {old_limit:,}).")
    if guidance != old_guidance:
        said.append(f"The guidance to “{question.heading}” is clearer.")
    changes = {
        "question": question.slug, "word_limit": [old_limit, word_limit],
        "guidance": [digest(old_guidance), digest(guidance)],
    }  # fmt: skip
    return _tell(competition, ChangeKind.CORRECTION, " ".join(said), reason, before, changes, by, role, at)


@transaction.atomic
def clarify(*, competition: Competition, note: str, by: User, role: str, at: dt.datetime) -> Change:
    """Add a note that says more clearly what holds already; no term of the competition changes.

    Raises:
        Refused: there is no note.
    """
    competition = _locked(competition, CORRECTABLE_IN, role)
    return _tell(competition, ChangeKind.NOTE, _text(note, "the note"), None, "", {}, by, role, at)


def _locked(competition: Competition, states: tuple[CompetitionState, ...], role: str) -> Competition:
    rules.must_hold(role, rules.SETS_UP)
    found = Competition.objects.select_for_update().get(pk=competition.pk)
    if found.state == CompetitionState.DRAFT:
        raise Refused("The competition is not published yet. Change its parts instead.")
    if found.state not in states:
        raise Refused(f"The competition is {found.get_state_display().lower()}, so this cannot be corrected any more.")
    return found


def _text(text: str, name: str) -> str:
    text = text.strip()
    if not text or len(text) > TEXT_LENGTH:
        raise Refused(f"Write {name}, at most {TEXT_LENGTH:,} characters.")
    return text


def _tell(
    competition: Competition, kind: ChangeKind, what: str, reason: str | None, before: str, changes: Row, by: User,
    role: str, at: dt.datetime,
) -> Change:  # fmt: skip
    """Show a change in public, put it on the record, and write to everybody who bids."""
    reason = "" if reason is None else _text(reason, "the reason")
    after = digest(queries.content_of(competition)) if before else ""
    change = Change.objects.create(
        competition=competition, kind=kind, what=what, reason=reason, before_sha256=before, after_sha256=after, by=by,
        at=at,
    )  # fmt: skip
    record(
        "competition.corrected", competition, by=by, role=role, at=at,
        changes={"kind": kind, "change": change.pk, "content": [before, after], "what": digest(what), **changes},
    )  # fmt: skip
    notices.tell_bidders(
        competition, "competition_changed", key=f"competition.changed/{change.pk}", at=at, what=what, reason=reason
    )
    return change
