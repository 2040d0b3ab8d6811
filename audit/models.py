"""The record: events as they happen, and seals that close blocks of them."""

from django.db import models
from django.db.models.lookups import Exact

from audit.database import AppendOnly


class Event(models.Model):
    """One deed: who, in which role, when, what, on what, before and after by field.

    Holds ids and digests, never free text about people, so that erasing personal data leaves the chain valid.
    """

    at = models.DateTimeField(help_text="UTC, given by the action.")
    actor_id = models.BigIntegerField(null=True, help_text="The person's id; empty for the system itself.")
    role = models.CharField(max_length=40, help_text="The role in which the actor acted, or 'system'.")
    verb = models.CharField(max_length=60, help_text="The deed, such as bid.submitted.")
    subject = models.CharField(max_length=80, help_text="What it was done to: kind:reference.")
    changes = models.JSONField(default=dict, help_text="Field to [before, after], and facts of the deed.")
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "audit_event"
        triggers = [AppendOnly()]
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_event_subject"),
            models.Index(fields=["verb", "id"], name="audit_event_verb"),
            models.Index(fields=["actor_id", "id"], name="audit_event_actor"),
        ]
        constraints = [
            models.CheckConstraint(name="audit_event_verb_given", condition=~models.Q(verb="") & ~models.Q(subject="")),
            models.CheckConstraint(
                name="audit_event_changes_by_field",
                condition=Exact(
                    models.Func("changes", function="jsonb_typeof", output_field=models.TextField()),
                    models.Value("object"),
                ),
            ),
            models.CheckConstraint(
                name="audit_event_at_an_instant",
                condition=Exact(
                    models.Func("at", function="isfinite", output_field=models.BooleanField()), models.Value(True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Seal(models.Model):
    """A closed block of events: its Merkle root (RFC 6962) chained to the seal before."""

    number = models.BigIntegerField(primary_key=True, help_text="1, 2, 3 … without gaps.")
    previous = models.CharField(max_length=64, help_text="The seal before, or 64 zeros.")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64, help_text="Merkle root over the events in the order of their ids.")
    seal = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "audit_seal"
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(name="audit_seal_number_positive", condition=models.Q(number__gte=1)),
            models.CheckConstraint(name="audit_seal_range", condition=models.Q(first_id__lte=models.F("last_id"))),
            models.CheckConstraint(name="audit_seal_not_empty", condition=models.Q(count__gte=1)),
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"
