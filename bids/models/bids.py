"""A bid, its answers and its submitted versions."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from audit.database import AppendOnly, Frozen, FrozenWith, StateGraph
from bids.rules_in_database import AsDecided
from bids.states import BID_EDGES, EDITABLE, BidState
from funds.states import ResearchCategory

S = BidState


class Bid(ConcurrentTransitionMixin, models.Model):
    """An application to a competition by a lead organisation."""

    reference = models.CharField(max_length=20, unique=True)
    competition = models.ForeignKey("funds.Competition", on_delete=models.PROTECT, related_name="bids")
    strand = models.ForeignKey("funds.Strand", on_delete=models.PROTECT, related_name="bids")
    lead = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="led_bids")
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    state = FSMField(max_length=14, choices=BidState, default=BidState.DRAFT, protected=True)

    title = models.CharField(max_length=200)
    category = models.CharField(max_length=14, choices=ResearchCategory)
    clinical_area = models.CharField(max_length=60, blank=True)
    start_on = models.DateField(null=True, blank=True, help_text="First day of a month.")
    months = models.PositiveIntegerField(default=12)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="Number of the last submitted version; 0 when none.")
    ineligible_reason = models.TextField(blank=True)
    informed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the applicant was told that it is ineligible, and why."
    )
    imported_key = models.CharField(
        max_length=64, null=True, blank=True, unique=True, help_text="Digest of the imported line."
    )

    class Meta:
        triggers = [
            StateGraph(edges=BID_EDGES, initial=S.DRAFT),
            AsDecided(),
            Frozen(fields=["title", "category", "start_on", "months", "strand", "lead"], open_in=EDITABLE),
        ]
        constraints = [
            models.CheckConstraint(name="bids_bid_title_given", condition=~Q(title="")),
            models.CheckConstraint(name="bids_bid_months", condition=Q(months__range=(1, 84))),
            models.CheckConstraint(
                name="bids_bid_submitted_whole",
                condition=Q(submitted_at=None, submitted_by=None, version=0)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, version__gte=1),
            ),
            models.CheckConstraint(
                name="bids_bid_standing_was_submitted",
                condition=Q(state__in=[S.DRAFT, S.WITHDRAWN]) | Q(version__gte=1),
            ),
            models.CheckConstraint(
                name="bids_bid_ineligible_has_reason", condition=~Q(state=S.INELIGIBLE) | ~Q(ineligible_reason="")
            ),
            models.CheckConstraint(
                name="bids_bid_informed_of_a_reason", condition=Q(informed_at=None) | ~Q(ineligible_reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["competition", "state", "id"], name="bids_bid_by_competition"),
            models.Index(fields=["lead", "-id"], name="bids_bid_by_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def told_state(self) -> BidState:
        """The state as its applicants know it: submitted, until they are told that it is ineligible."""
        is_untold = self.state == S.INELIGIBLE and self.informed_at is None
        return S.SUBMITTED if is_untold else BidState(self.state)

    @transition(field=state, source=[S.DRAFT, S.REOPENED], target=S.SUBMITTED)
    def submit(self, *, by: User, at: dt.datetime) -> None:
        """Hand it in."""
        self.submitted_by, self.submitted_at, self.version = by, at, self.version + 1

    @transition(field=state, source=S.SUBMITTED, target=S.REOPENED)
    def reopen(self) -> None:
        """Open it for changes; the last version stands meanwhile."""

    @transition(field=state, source=S.REOPENED, target=S.SUBMITTED)
    def stand(self) -> None:
        """Give up the changes: the last submitted version stands."""

    @transition(field=state, source=S.SUBMITTED, target=S.INELIGIBLE)
    def find_ineligible(self, *, reason: str) -> None:
        """Take it out of the competition."""
        self.ineligible_reason = reason

    @transition(field=state, source=S.INELIGIBLE, target=S.SUBMITTED)
    def reinstate(self) -> None:
        """Bring it back into the competition."""

    @transition(field=state, source=[S.SUBMITTED, S.RESERVE, S.UNSUCCESSFUL], target=S.SUCCESSFUL)
    def succeed(self) -> None:
        """The panel funds it."""

    @transition(field=state, source=[S.SUBMITTED, S.SUCCESSFUL, S.UNSUCCESSFUL], target=S.RESERVE)
    def hold_in_reserve(self) -> None:
        """The panel would fund it if money came back."""

    @transition(field=state, source=[S.SUBMITTED, S.RESERVE, S.SUCCESSFUL], target=S.UNSUCCESSFUL)
    def fail(self) -> None:
        """The panel does not fund it."""

    @transition(field=state, source=[S.DRAFT, S.SUBMITTED, S.REOPENED, S.RESERVE, S.SUCCESSFUL], target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """The applicant takes it back."""


class Answer(models.Model):
    """The text written for one question of a bid."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey("funds.Question", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, help_text="Rises with every save; a stale save is a conflict.")
    is_complete = models.BooleanField(default=False)
    saved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        triggers = [FrozenWith(parent="bid", open_in=EDITABLE)]
        constraints = [models.UniqueConstraint(fields=["bid", "question"], name="bids_one_answer_per_question")]

    def __str__(self) -> str:
        return f"answer {self.question_id} of bid {self.bid_id}"


class BidVersion(models.Model):
    """The content of a bid as it was submitted, for ever."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(help_text="First contact of the request that submitted it.")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    within_grace = models.BooleanField(default=False, help_text="After the deadline, inside the grace period.")
    key = models.CharField(max_length=64, help_text="Idempotency key of the press on submit.")

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.UniqueConstraint(fields=["bid", "number"], name="bids_versions_numbered"),
            models.UniqueConstraint(fields=["bid", "key"], name="bids_one_version_per_press"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of bid {self.bid_id}"
