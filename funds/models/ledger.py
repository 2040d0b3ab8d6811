"""Streams, the counters that cannot be over-spent, and the append-only entries that move them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audit.database import AppendOnly
from funds.rules_in_database import (
    CHANGES_A_CAP,
    NEED_APPROVAL,
    AsApproved,
    MovesCounters,
    NeedsApprovedProposal,
    OnlyByEntries,
)
from funds.states import EntryKind, EnvelopeKind, StreamCode


class Stream(models.Model):
    """One of the four streams of the £86m. Its money stands in its envelopes."""

    code = models.CharField(max_length=20, unique=True, choices=StreamCode)
    title = models.CharField(max_length=120)
    purpose = models.TextField()
    departments = ArrayField(models.CharField(max_length=80), help_text="Paying departments.")
    is_competed = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(name="funds_stream_code_known", condition=Q(code__in=StreamCode.values))]

    def __str__(self) -> str:
        return self.title


class Envelope(models.Model):
    """A counter in pence for a stream, a financial year of it, a pot or an award.

    Only ledger entries move it, by trigger. The CHECK constraints are the rule that no money is promised twice:
    0 ≤ paid ≤ instructed ≤ committed ≤ cap, and allocated ≤ cap.
    """

    kind = models.CharField(max_length=10, choices=EnvelopeKind)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="envelopes")
    year = models.CharField(max_length=7, blank=True, help_text="Such as 2026-27; only for a year.")
    cap_pence = models.BigIntegerField(default=0)
    allocated_pence = models.BigIntegerField(default=0)
    committed_pence = models.BigIntegerField(default=0)
    instructed_pence = models.BigIntegerField(default=0)
    paid_pence = models.BigIntegerField(default=0)

    class Meta:
        triggers = [OnlyByEntries()]
        constraints = [
            models.CheckConstraint(name="funds_allocated_within_cap", condition=Q(allocated_pence__lte=F("cap_pence"))),
            models.CheckConstraint(name="funds_committed_within_cap", condition=Q(committed_pence__lte=F("cap_pence"))),
            models.CheckConstraint(
                name="funds_instructed_within_committed", condition=Q(instructed_pence__lte=F("committed_pence"))
            ),
            models.CheckConstraint(
                name="funds_paid_within_instructed", condition=Q(paid_pence__lte=F("instructed_pence"))
            ),
            models.CheckConstraint(
                name="funds_nothing_below_zero", condition=Q(allocated_pence__gte=0, paid_pence__gte=0)
            ),
            models.CheckConstraint(
                name="funds_envelope_year_only_for_years", condition=Q(kind=EnvelopeKind.YEAR) ^ Q(year="")
            ),
            models.UniqueConstraint(
                fields=["stream"], condition=Q(kind="stream"), name="funds_one_envelope_per_stream"
            ),
            models.UniqueConstraint(
                fields=["stream", "year"], condition=Q(kind="year"), name="funds_one_envelope_per_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}".strip()

    @property
    def left_pence(self) -> int:
        """What may still be committed."""
        return self.cap_pence - self.committed_pence


class LedgerEntry(models.Model):
    """One movement of money, written once. The same kind and reference can never be posted twice."""

    kind = models.CharField(max_length=16, choices=EntryKind)
    reference = models.CharField(max_length=80)
    pence = models.BigIntegerField()
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="+")
    year = models.CharField(max_length=7, blank=True, help_text="Financial year in which the cost falls.")
    pot = models.ForeignKey(Envelope, null=True, on_delete=models.PROTECT, related_name="pot_entries")
    award = models.ForeignKey(Envelope, null=True, on_delete=models.PROTECT, related_name="award_entries")
    proposal = models.ForeignKey("funds.Proposal", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "ledger entries"
        triggers = [AppendOnly(), NeedsApprovedProposal(only_if=CHANGES_A_CAP), AsApproved(), MovesCounters()]
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="funds_entry_posted_once"),
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(kind__in=NEED_APPROVAL), name="funds_entry_once_per_proposal"
            ),
            models.CheckConstraint(name="funds_entry_above_zero", condition=Q(pence__gt=0)),
            models.CheckConstraint(name="funds_entry_kind_known", condition=Q(kind__in=EntryKind.values)),
            models.CheckConstraint(
                name="funds_entry_cap_needs_proposal", condition=~Q(kind__in=NEED_APPROVAL) | Q(proposal__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["stream", "kind", "id"], name="funds_entry_by_stream")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
