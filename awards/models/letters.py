"""Award letters: what is still to be made, and what was stored for ever."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from audit.database import AppendOnly, Frozen, StateGraph
from awards.states import LetterState


class LetterRequest(models.Model):
    """A letter that the worker has to render, seal and store; made in the transaction that issued it."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="letter_requests")
    number = models.PositiveIntegerField(default=1)
    data = models.JSONField(help_text="Everything that the letter says.")
    short_code = models.CharField(max_length=9, unique=True, help_text="Code that the public page knows it by.")
    state = FSMField(max_length=8, choices=LetterState, default=LetterState.WAITING, protected=True)
    requested_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=[(LetterState.WAITING, LetterState.STORED)], initial=LetterState.WAITING),
            Frozen(fields=["award", "number", "data", "short_code", "requested_at"], open_in=[]),
        ]
        constraints = [models.UniqueConstraint(fields=["award", "number"], name="awards_letters_numbered")]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="awards_letters_waiting")]

    def __str__(self) -> str:
        return f"letter {self.number} of award {self.award_id}"

    @transition(field=state, source=LetterState.WAITING, target=LetterState.STORED)
    def store(self) -> None:
        """The sealed bytes are on S3."""


class Letter(models.Model):
    """A sealed letter as it lies on S3 under the hash of its bytes."""

    request = models.OneToOneField(LetterRequest, on_delete=models.PROTECT, related_name="letter")
    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="letters")
    number = models.PositiveIntegerField()
    short_code = models.CharField(max_length=9, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=200, unique=True)
    bytes = models.BigIntegerField()
    version_id = models.CharField(max_length=120, blank=True)
    stored_at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.UniqueConstraint(fields=["award", "number"], name="awards_each_letter_once"),
            models.CheckConstraint(name="awards_letter_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"letter {self.number} of award {self.award_id}"
