"""Award letters: what is still to be made, what was stored for ever, and the annex that comes back signed."""

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, transition

from audit.database import AppendOnly, Frozen, StateGraph
from awards.rules_in_database import ApprovedEachTime
from awards.states import ANNEX_EDGES, AnnexState, LetterDeed, LetterState
from infra.scan import SCAN_EDGES, ScanState
from infra.stored_files import StoredFile


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
    signature = models.BinaryField(
        default=b"", blank=True, help_text="What a key service answered that never signs the same way twice."
    )

    class Meta:
        triggers = [
            ApprovedEachTime(),
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


class LetterRun(models.Model):
    """Many letters put forward, or issued, in one go by one person; a worker does each as that person's own deed."""

    deed = models.CharField(max_length=7, choices=LetterDeed)
    awards = models.JSONField(help_text="Pairs of an award's reference and the digest of the letter as it was read.")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    at = models.DateTimeField()
    tried = models.PositiveIntegerField(default=0, help_text="How many, from the first, have been done or refused.")
    refused = models.JSONField(default=list, help_text="Pairs of an award's reference and why it was refused.")

    class Meta:
        triggers = [Frozen(fields=["deed", "awards", "by", "role", "at"], open_in=[], field="deed")]
        constraints = [models.CheckConstraint(name="awards_letter_run_of_some", condition=~Q(awards=[]))]

    def __str__(self) -> str:
        return f"run {self.pk}: {self.get_deed_display()}"

    @property
    def is_done(self) -> bool:
        """Tell whether every letter has had its turn."""
        return self.tried == len(self.awards)


class SignedAnnex(StoredFile):
    """The annex of a letter as a director signed it, and what an official found on it."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="annexes")
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, help_text="Of the director who signed.")
    state = FSMField(max_length=8, choices=AnnexState, default=AnnexState.WAITING, protected=True)
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was refused.")

    class Meta:
        triggers = [
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            StateGraph(edges=ANNEX_EDGES, initial=AnnexState.WAITING),
            Frozen(
                fields=["award", "letter", "name", "bytes", "sha256", "key", "uploaded_by", "uploaded_at"], open_in=[]
            ),
        ]
        constraints = [
            *StoredFile.Meta.constraints,
            models.UniqueConstraint(
                fields=["award"], condition=Q(state=AnnexState.WAITING), name="awards_one_annex_waits"
            ),
            models.CheckConstraint(
                name="awards_annex_decided_whole",
                condition=Q(state=AnnexState.WAITING, decided_by=None, decided_at=None, reason="")
                | Q(state=AnnexState.AGREED, decided_by__isnull=False, decided_at__isnull=False, reason="")
                | Q(state=AnnexState.REFUSED, decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="awards_annex_not_by_its_maker",
                condition=Q(decided_by=None) | ~Q(decided_by=F("uploaded_by")),
            ),
        ]

    @transition(field=state, source=AnnexState.WAITING, target=AnnexState.AGREED)
    def agree(self) -> None:
        """It is signed as it should be."""

    @transition(field=state, source=AnnexState.WAITING, target=AnnexState.REFUSED)
    def refuse(self) -> None:
        """Something is wrong with it."""
