"""What is gathered before the letter: bank details, papers behind a judgement, and costs that are not eligible."""

from django.db import models
from django.db.models import F, Q

from audit.database import AppendOnly, Frozen, StateGraph
from awards.gates_in_database import SecondLook
from awards.states import BankOutcome, Modulus
from bids.states import CostCategory
from funds.rules_in_database import NeedsApprovedProposal
from infra.scan import SCAN_EDGES, ScanState
from infra.stored_files import StoredFile


class BankDetails(models.Model):
    """Where an organisation is paid. Never edited: a change is another row, used once a second person has seen it."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="bank_details")
    holder = models.CharField(max_length=70, help_text="Name of the account.")
    sealed = models.TextField(help_text="Sort code and account number, encrypted.")
    fingerprint = models.CharField(max_length=64, help_text="Keyed digest by which the same account is found again.")
    modulus = models.CharField(max_length=11, choices=Modulus)
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "bank details"
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(name="awards_bank_holder_given", condition=~Q(holder="") & ~Q(sealed="")),
        ]
        indexes = [models.Index(fields=["fingerprint"], name="awards_bank_same_account")]

    def __str__(self) -> str:
        return f"bank details {self.pk} of {self.organisation_id}"


class BankCheck(models.Model):
    """A second person's look at bank details."""

    details = models.OneToOneField(BankDetails, on_delete=models.PROTECT, related_name="check_made")
    outcome = models.CharField(max_length=8, choices=BankOutcome)
    note = models.TextField(help_text="How it was checked, or why it is refused.")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), SecondLook()]
        constraints = [models.CheckConstraint(name="awards_bank_check_says_how", condition=~Q(note=""))]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.details_id}"


class ConditionFile(StoredFile):
    """A paper on which a condition of an award was judged; for officials only."""

    condition = models.ForeignKey("awards.Condition", on_delete=models.PROTECT, related_name="files")

    class Meta:
        ordering = ["id"]
        triggers = [
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            Frozen(fields=["condition", "bytes", "sha256", "key"], open_in=[], field="scan"),
        ]
        constraints = [*StoredFile.Meta.constraints]


class CostReduction(models.Model):
    """A cost line, or a part of it, that is not eligible, as two people have found. Pounds to 5 decimals, as lines."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="reductions")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey("funds.Proposal", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("bids.CostLine", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=24, choices=CostCategory)
    was = models.DecimalField(max_digits=20, decimal_places=5)
    now = models.DecimalField(max_digits=20, decimal_places=5)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [AppendOnly(), NeedsApprovedProposal()]
        constraints = [
            models.CheckConstraint(name="awards_reduction_falls", condition=Q(now__gte=0, now__lt=F("was"))),
            models.CheckConstraint(name="awards_reduction_says_why", condition=~Q(reason="")),
            models.UniqueConstraint(fields=["proposal", "line"], name="awards_reduction_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.line_id} of award {self.award_id} reduced"
