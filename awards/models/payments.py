"""Runs of payments, their files, and what the bank reports of them."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from audit.database import AppendOnly, Frozen, StateGraph
from awards.money_in_database import ItemFollowsRun, MadeWhole
from awards.states import (
    ITEM_EDGES,
    ITEM_LIVE,
    RUN_EDGES,
    BankReportKind,
    FileKind,
    ItemState,
    LineOutcome,
    RunState,
)
from funds.rules_in_database import ApprovedBefore


class PaymentRun(ConcurrentTransitionMixin, models.Model):
    """Claims that are paid together: put forward by one finance officer, made into a file by another."""

    reference = models.CharField(max_length=20, unique=True)
    state = FSMField(max_length=10, choices=RunState, default=RunState.PROPOSED, protected=True)
    content_sha256 = models.CharField(max_length=64, help_text="Digest of every payment of the run.")
    pay_on = models.DateField(help_text="Day on which the bank is asked to pay.")
    items = models.PositiveIntegerField(help_text="How many payments.")
    pence = models.BigIntegerField()
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    ended_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was made or cancelled.")
    reason = models.TextField(blank=True, help_text="Why it was cancelled.")

    class Meta:
        triggers = [
            StateGraph(edges=RUN_EDGES, initial=RunState.PROPOSED),
            ApprovedBefore(kind="run", gates={RunState.MADE: ["approve"]}),
            MadeWhole(),
            Frozen(
                fields=["reference", "content_sha256", "pay_on", "items", "pence", "proposed_by", "proposed_at"],
                open_in=[],
            ),
        ]
        constraints = [
            models.CheckConstraint(name="awards_run_above_zero", condition=Q(items__gt=0, pence__gt=0)),
            models.CheckConstraint(
                name="awards_run_ended_whole",
                condition=Q(state=RunState.PROPOSED, ended_at=None, ended_by=None)
                | (~Q(state=RunState.PROPOSED) & Q(ended_at__isnull=False, ended_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="awards_run_cancelled_says_why", condition=~Q(state=RunState.CANCELLED) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=RunState.PROPOSED, target=RunState.MADE)
    def make(self) -> None:
        """Two people agree, and the file is written."""

    @transition(field=state, source=RunState.PROPOSED, target=RunState.CANCELLED)
    def cancel(self) -> None:
        """It will not be paid as it is."""


class RunItem(models.Model):
    """One attempt to pay a claim. Its state moves for a whole run or report at once; the database keeps the graph."""

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="parts")
    claim = models.ForeignKey("awards.Claim", on_delete=models.PROTECT, related_name="run_items")
    attempt = models.PositiveSmallIntegerField(help_text="1, and one more each time the bank has returned it.")
    instruction_id = models.CharField(max_length=35, unique=True, help_text="Of this attempt; not the end-to-end id.")
    pence = models.BigIntegerField()
    bank_details = models.ForeignKey(
        "awards.BankDetails", on_delete=models.PROTECT, related_name="+", help_text="The account that it goes to."
    )
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.PROPOSED)

    class Meta:
        triggers = [
            StateGraph(edges=ITEM_EDGES, initial=ItemState.PROPOSED),
            ItemFollowsRun(),
            Frozen(fields=["run", "claim", "attempt", "instruction_id", "pence", "bank_details"], open_in=[]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["claim", "attempt"], name="awards_item_attempt_once"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state__in=ITEM_LIVE), name="awards_claim_in_one_live_run"
            ),
            models.CheckConstraint(name="awards_item_above_zero", condition=Q(pence__gt=0, attempt__gt=0)),
        ]
        indexes = [models.Index(fields=["state", "run"], name="awards_items_by_state")]

    def __str__(self) -> str:
        return self.instruction_id


class RunFile(models.Model):
    """The bytes of a run, kept in the transaction that claims its rows, so that the same bytes can be sent again."""

    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=8, choices=FileKind)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.UniqueConstraint(fields=["run", "kind"], name="awards_run_one_file_of_a_kind"),
            models.CheckConstraint(name="awards_run_file_kind_known", condition=Q(kind__in=FileKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of run {self.run_id}"


class BankReport(models.Model):
    """A file in which the bank says what became of payments; the same bytes are taken once."""

    kind = models.CharField(max_length=8, choices=BankReportKind)
    name = models.CharField(max_length=120, help_text="The file's name as it came.")
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    lines_count = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.name


class ReportLine(models.Model):
    """One payment that a report speaks of, and what it did here."""

    report = models.ForeignKey(BankReport, on_delete=models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    end_to_end_id = models.CharField(max_length=35, blank=True)
    instruction_id = models.CharField(max_length=35, blank=True)
    status = models.CharField(max_length=10, help_text="The bank's own code.")
    reason = models.CharField(max_length=140, blank=True)
    pence = models.BigIntegerField(null=True)
    item = models.ForeignKey(RunItem, null=True, on_delete=models.PROTECT, related_name="report_lines")
    outcome = models.CharField(max_length=10, choices=LineOutcome)
    told = models.CharField(max_length=200, blank=True, help_text="Why it was not taken.")
    about = models.CharField(max_length=40, blank=True, help_text="What it pays, when that is no claim.")

    class Meta:
        triggers = [AppendOnly()]
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["report", "row"], name="awards_report_row_once")]

    def __str__(self) -> str:
        return f"{self.status} {self.end_to_end_id}"
