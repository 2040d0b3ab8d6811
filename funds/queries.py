"""Reads of streams and competitions."""

import datetime as dt
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from accounts.states import STAFF_ROLES
from funds import parts
from funds.models import Change, Competition, Enquiry, Envelope, SavedCompetition, Stream
from funds.rules import SETS_UP
from funds.states import CompetitionState, EnquiryState, EnvelopeKind


def visible_to(user: Any) -> QuerySet[Competition]:
    """Return the competitions that a person may see: the public all that are published, staff the drafts too."""
    seen = Competition.objects.select_related("stream", "pot")
    if isinstance(user, User) and user.roles & STAFF_ROLES:
        return seen
    return seen.exclude(state=CompetitionState.DRAFT)


def open_now(at: dt.datetime) -> QuerySet[Competition]:
    """Return the competitions that take bids at an instant, the next deadline first."""
    return (
        Competition.objects.filter(state=CompetitionState.PUBLISHED, opens_at__lte=at, closes_at__gte=at)
        .select_related("stream", "pot")
        .order_by("closes_at", "reference")
    )


def content_of(competition: Competition) -> dict[str, Any]:
    """Return everything that a second person approves when a competition is published, and what its pot holds."""
    skipped = {"id", "state", "content_sha256", "published_at", "parts_to_do"}
    fields = {
        f.attname: getattr(competition, f.attname)
        for f in competition._meta.concrete_fields
        if f.attname not in skipped
    }
    return {
        **fields,
        "pot_pence": _pot_pence(competition),
        "strands": list(competition.strands.values().order_by("id")),
        "questions": list(competition.questions.values().order_by("position")),
        "asked_documents": list(competition.asked_documents.values().order_by("position")),
    }


def _pot_pence(competition: Competition) -> int:
    return Envelope.objects.values_list("cap_pence", flat=True).get(pk=competition.pot_id)


def set_up_of(competition: Competition) -> parts.SetUp:
    """Return a competition with all that its completeness depends on, read afresh."""
    return parts.SetUp(
        competition=competition,
        strands=list(competition.strands.all()),
        questions=list(competition.questions.order_by("position")),
        documents=list(competition.asked_documents.order_by("position")),
        ceilings=set(competition.regime.ceilings.values_list("category", "size")),
        pot_pence=_pot_pence(competition),
    )


def missing_before_publication(competition: Competition, at: dt.datetime) -> list[str]:
    """Return all that stops a competition from being put forward, in the order of its parts."""
    found = parts.missing(set_up_of(competition), at)
    return [sentence for sentences in found.values() for sentence in sentences]


def questions_of(competition: Competition) -> int:
    """Return how many questions from bidders to a competition wait for an answer."""
    return Enquiry.objects.filter(competition=competition, state=EnquiryState.ASKED).count()


def changes_of(competition: Competition) -> QuerySet[Change]:
    """Return what has changed since a competition was published, the newest first."""
    return competition.changes.order_by("-id")


def saved_by(user: User) -> QuerySet[SavedCompetition]:
    """Return what a person has saved, each with its competition, the next deadline first; decided ones are over."""
    found = SavedCompetition.objects.filter(user=user, competition__state=CompetitionState.PUBLISHED)
    return found.select_related("competition").order_by("competition__closes_at", "pk")


def questions_waiting(user: User) -> int:
    """Return how many questions from bidders wait for an answer; nothing for people who may not answer."""
    return Enquiry.objects.filter(state=EnquiryState.ASKED).count() if user.roles & SETS_UP else 0


def streams_with_money() -> QuerySet[Envelope]:
    """Return the counters of each stream with the stream itself, largest first."""
    return Envelope.objects.filter(kind=EnvelopeKind.STREAM).select_related("stream").order_by("-cap_pence", "id")


def streams_without_money() -> QuerySet[Stream]:
    """Return the streams that have had no money yet."""
    return Stream.objects.exclude(envelopes__kind=EnvelopeKind.STREAM).order_by("title")


def envelope_of(stream: Stream) -> Envelope:
    """Return the counters of a stream; all zero when it has had no money yet."""
    found = streams_with_money().filter(stream=stream).first()
    return found or Envelope(stream=stream, kind=EnvelopeKind.STREAM)


def years_of(stream: Stream) -> QuerySet[Envelope]:
    """Return the counters of a stream's financial years, in order."""
    return stream.envelopes.filter(kind=EnvelopeKind.YEAR).order_by(F("year").asc())
