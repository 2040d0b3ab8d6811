"""The 15 Academic Health Science Networks, the money allocated to them, and what releases it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from ahsn.rules_in_database import AddsUpToAllocation, OnlyReleased, ReleasedByReturns
from ahsn.states import (
    CLOSING,
    RELEASE_EDGES,
    RELEASE_LIVE,
    RELEASE_OUT,
    RETURN_EDGES,
    RETURN_OPEN,
    ReleaseState,
    ReturnState,
    Standing,
)
from audit.database import AppendOnly, Frozen, StateGraph
from funds.models import LedgerEntry
from funds.rules_in_database import ApprovedBefore, NeedsApprovedProposal

RETURN_FIGURES = ("staff_pence", "programmes_pence", "partners_pence", "planned_pence", "supported", "adopted")
RETURN_TEXTS = ("why_more", "done", "risks", "plan")


class Network(models.Model):
    """One of the 15 networks of 2017."""

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="network")
    acronym = models.CharField(max_length=12, unique=True)
    successor = models.CharField(max_length=120, help_text="The Health Innovation Network it became in 2023.")
    population_thousands = models.PositiveIntegerField(help_text="Default weight of the formula, editable.")

    class Meta:
        ordering = ["organisation__name"]

    def __str__(self) -> str:
        return self.acronym


class Allocation(models.Model):
    """A network's formula share of one year: equal core plus population-weighted remainder, to the penny."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="allocations")
    envelope = models.OneToOneField("funds.Envelope", on_delete=models.PROTECT, related_name="allocation")
    proposal = models.ForeignKey("funds.Proposal", on_delete=models.PROTECT, related_name="+")
    year = models.CharField(max_length=7)
    core_pence = models.BigIntegerField()
    population_pence = models.BigIntegerField()
    pence = models.BigIntegerField()
    allocated_at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), NeedsApprovedProposal()]
        constraints = [
            models.UniqueConstraint(fields=["network", "year"], name="ahsn_one_allocation_per_year"),
            models.CheckConstraint(
                name="ahsn_allocation_adds_up",
                condition=Q(pence=F("core_pence") + F("population_pence"), pence__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.year}"


class Instalment(models.Model):
    """A part of an allocation that is paid in advance for some months, once the return for it is accepted.

    After the last of a year stands one of nothing, numbered `CLOSING`: its return reports on the year's last months.
    """

    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 … of the financial year; 13 closes it.")
    reference = models.CharField(max_length=30, unique=True, help_text="Such as KSS-2026-27-1.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField(help_text="Day by which the return that releases it is due.")
    pence = models.BigIntegerField()

    class Meta:
        triggers = [AppendOnly(), AddsUpToAllocation()]
        constraints = [
            models.UniqueConstraint(fields=["allocation", "number"], name="ahsn_instalment_once"),
            models.CheckConstraint(
                name="ahsn_instalment_whole",
                condition=Q(pence__gt=0, number__gt=0, number__lt=CLOSING, ends_on__gt=F("starts_on"))
                | Q(pence=0, number=CLOSING, ends_on=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_closing(self) -> bool:
        """Whether its return closes the year and releases nothing."""
        return self.number == CLOSING

    @property
    def standing(self) -> str:
        """Where it stands in words, for rows of `queries.instalments`."""
        return Standing(self.stands).label  # type: ignore[attr-defined]


class NetworkReturn(ConcurrentTransitionMixin, models.Model):
    """What a network reports of the months before an instalment and plans for its own; it releases the instalment."""

    instalment = models.OneToOneField(Instalment, on_delete=models.PROTECT, related_name="network_return")
    reference = models.CharField(max_length=30, unique=True, help_text="The instalment's.")
    state = FSMField(max_length=9, choices=ReturnState, default=ReturnState.DRAFT, protected=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    staff_pence = models.BigIntegerField(null=True, blank=True, help_text="Spent on staff in the months before.")
    programmes_pence = models.BigIntegerField(null=True, blank=True, help_text="Spent on programmes.")
    partners_pence = models.BigIntegerField(null=True, blank=True, help_text="Passed on to partners.")
    planned_pence = models.BigIntegerField(null=True, blank=True, help_text="To be spent in the instalment's months.")
    supported = models.PositiveIntegerField(null=True, blank=True, help_text="Innovators supported.")
    adopted = models.PositiveIntegerField(null=True, blank=True, help_text="Innovations newly in use in the region.")
    why_more = models.TextField(blank=True, help_text="Why more was spent than was paid out, if it was.")
    done = models.TextField(blank=True)
    risks = models.TextField(blank=True)
    plan = models.TextField(blank=True, help_text="In a closing return: what becomes of money that is not spent.")
    signed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    declaration = models.TextField(blank=True, help_text="What the signer declared, word for word.")
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "return"
        triggers = [
            StateGraph(edges=RETURN_EDGES, initial=ReturnState.DRAFT),
            ApprovedBefore(kind="return", gates={ReturnState.ACCEPTED: ["approve"]}),
            Frozen(
                fields=["content_sha256", *RETURN_FIGURES, *RETURN_TEXTS, "signed_by", "signed_at", "declaration"],
                open_in=RETURN_OPEN,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="ahsn_return_figures_not_negative",
                condition=Q(
                    *(Q(**{f"{name}__gte": 0}) | Q(**{name: None}) for name in RETURN_FIGURES if "pence" in name)
                ),
            ),
            models.CheckConstraint(
                name="ahsn_return_signed_whole",
                condition=Q(state__in=RETURN_OPEN)
                | Q(
                    ~Q(declaration=""),
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                    **{f"{name}__isnull": False for name in RETURN_FIGURES},
                ),
            ),
            models.CheckConstraint(
                name="ahsn_return_decided_whole",
                condition=~Q(state=ReturnState.ACCEPTED)
                | Q(~Q(decided_by=F("signed_by")), decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Return {self.reference}"

    @transition(field=state, source=RETURN_OPEN, target=ReturnState.SUBMITTED)
    def submit(self, *, by: User, at: dt.datetime, declaration: str) -> None:
        """The network's lead signs it."""
        self.signed_by, self.signed_at, self.declaration = by, at, declaration

    @transition(field=state, source=ReturnState.SUBMITTED, target=ReturnState.SENT_BACK)
    def send_back(self, *, by: User, at: dt.datetime) -> None:
        """It does not do."""
        self.decided_by, self.decided_at = by, at

    @transition(field=state, source=ReturnState.SUBMITTED, target=ReturnState.ACCEPTED)
    def accept(self, *, by: User, at: dt.datetime) -> None:
        """A fund manager is content: the instalment can be released."""
        self.decided_by, self.decided_at = by, at


class ReleaseFile(models.Model):
    """The bytes that ask the bank to pay instalments, kept with them, so that the same bytes can be sent again."""

    reference = models.CharField(max_length=20, unique=True)
    pay_on = models.DateField(help_text="Day on which the bank is asked to pay.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="pain.001.001.09")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.reference


class Release(ConcurrentTransitionMixin, models.Model):
    """One attempt to pay an instalment: put forward by one finance officer, agreed to by another."""

    reference = models.CharField(max_length=20, unique=True, help_text="Also of its entries in the ledger.")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="releases")
    attempt = models.PositiveSmallIntegerField(help_text="1, and one more each time one is cancelled or comes back.")
    pence = models.BigIntegerField()
    bank_details = models.ForeignKey("awards.BankDetails", on_delete=models.PROTECT, related_name="+")
    content_sha256 = models.CharField(max_length=64)
    state = FSMField(max_length=10, choices=ReleaseState, default=ReleaseState.PROPOSED, protected=True)
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    file = models.ForeignKey(ReleaseFile, null=True, blank=True, on_delete=models.PROTECT, related_name="releases")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When the bank's word was written down.")
    bank_reference = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was cancelled or came back.")

    class Meta:
        triggers = [
            StateGraph(edges=RELEASE_EDGES, initial=ReleaseState.PROPOSED),
            ApprovedBefore(kind="release", gates={ReleaseState.INSTRUCTED: ["approve"]}),
            ReleasedByReturns(),
            Frozen(
                fields=["reference", "instalment", "attempt", "pence", "bank_details", "content_sha256",
                        "proposed_by", "proposed_at"],
                open_in=[],
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["instalment", "attempt"], name="ahsn_release_attempt_once"),
            models.UniqueConstraint(
                fields=["instalment"], condition=Q(state__in=RELEASE_LIVE), name="ahsn_one_live_release"
            ),
            models.CheckConstraint(name="ahsn_release_above_zero", condition=Q(pence__gt=0)),
            models.CheckConstraint(
                name="ahsn_release_out_has_file",
                condition=Q(state__in=RELEASE_OUT, file__isnull=False) | ~Q(state__in=RELEASE_OUT) & Q(file=None),
            ),
            models.CheckConstraint(
                name="ahsn_release_paid_by_reference", condition=~Q(state=ReleaseState.PAID) | ~Q(bank_reference="")
            ),
            models.CheckConstraint(
                name="ahsn_release_ended_says_why",
                condition=~Q(state__in=(ReleaseState.CANCELLED, ReleaseState.RETURNED)) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=ReleaseState.PROPOSED, target=ReleaseState.INSTRUCTED)
    def instruct(self, *, file: ReleaseFile) -> None:
        """Two finance officers agree, and the file is written."""
        self.file = file

    @transition(field=state, source=ReleaseState.PROPOSED, target=ReleaseState.CANCELLED)
    def cancel(self, *, reason: str) -> None:
        """It will not be paid as it is."""
        self.reason = reason

    @transition(field=state, source=ReleaseState.INSTRUCTED, target=ReleaseState.PAID)
    def pay(self, *, at: dt.datetime, bank_reference: str) -> None:
        """The bank has paid it."""
        self.settled_at, self.bank_reference = at, bank_reference

    @transition(field=state, source=[ReleaseState.INSTRUCTED, ReleaseState.PAID], target=ReleaseState.RETURNED)
    def come_back(self, *, at: dt.datetime, reason: str) -> None:
        """The bank has returned the money."""
        self.settled_at, self.reason = at, reason


class AllocationEntry(LedgerEntry):
    """Ledger entries as this room sees them, to which its own rule is bound."""

    class Meta:
        proxy = True
        triggers = [OnlyReleased()]
