"""What stands around a competition in public: supporting files, bidders' questions, answers, and who saved it."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from audit.database import AppendOnly, Frozen, StateGraph
from funds.states import ENQUIRY_EDGES, EnquiryState
from infra.scan import SCAN_EDGES, ScanState
from infra.stored_files import StoredFile


class SupportingFile(StoredFile):
    """A file that helps to bid. The public sees it once it is clean; a newer version then takes its place."""

    competition = models.ForeignKey("funds.Competition", on_delete=models.PROTECT, related_name="supporting_files")
    title = models.CharField(max_length=120)
    position = models.PositiveIntegerField()
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="newer")
    shown_at = models.DateTimeField(null=True, blank=True, help_text="When the public could first open it.")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        triggers = [
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            Frozen(fields=["competition", "replaces", "bytes", "sha256", "key"], open_in=[], field="scan"),
        ]
        constraints = [
            *StoredFile.Meta.constraints,
            models.CheckConstraint(name="funds_supportingfile_title_given", condition=~Q(title="")),
            models.CheckConstraint(
                name="funds_supportingfile_shown_when_clean",
                condition=Q(shown_at=None) ^ Q(scan=ScanState.CLEAN),
            ),
        ]


class Enquiry(models.Model):
    """A question that somebody asks about a competition."""

    competition = models.ForeignKey("funds.Competition", on_delete=models.PROTECT, related_name="enquiries")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="enquiries")
    asked_at = models.DateTimeField()
    text = models.TextField()
    state = FSMField(max_length=9, choices=EnquiryState, default=EnquiryState.ASKED, protected=True)
    answer = models.TextField(blank=True, help_text="To the person who asked, and to nobody else.")
    answered_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "enquiries"
        triggers = [
            StateGraph(edges=ENQUIRY_EDGES, initial=EnquiryState.ASKED),
            Frozen(fields=["competition", "asked_by", "asked_at", "text"], open_in=[]),
        ]
        constraints = [
            models.CheckConstraint(name="funds_enquiry_text_given", condition=~Q(text="")),
            models.CheckConstraint(
                name="funds_enquiry_answered",
                condition=Q(state=EnquiryState.ASKED, answered_by=None, answered_at=None)
                | ~Q(state=EnquiryState.ASKED) & Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="funds_enquiry_by_state"),
            models.Index(fields=["asked_by", "-id"], name="funds_enquiry_by_person"),
        ]

    def __str__(self) -> str:
        return f"Q{self.pk:06d}"

    @transition(field=state, source=EnquiryState.ASKED, target=EnquiryState.ANSWERED)
    def answer_privately(self) -> None:
        """Tell only the person who asked."""

    @transition(field=state, source=[EnquiryState.ASKED, EnquiryState.ANSWERED], target=EnquiryState.PUBLISHED)
    def publish(self) -> None:
        """Answer for everybody."""


class PublishedAnswer(models.Model):
    """A question and its answer as everybody reads them. A correction is a new version; the earlier one is kept."""

    competition = models.ForeignKey("funds.Competition", on_delete=models.PROTECT, related_name="published_answers")
    number = models.PositiveIntegerField(help_text="Counts from 1 within the competition.")
    version = models.PositiveIntegerField(default=1)
    enquiry = models.ForeignKey(Enquiry, null=True, blank=True, on_delete=models.PROTECT, related_name="published")
    question = models.TextField()
    answer = models.TextField()
    published_at = models.DateTimeField(help_text="When the first version was published.")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.UniqueConstraint(
                fields=["competition", "number", "version"], name="funds_one_published_answer_per_version"
            ),
            models.CheckConstraint(
                name="funds_publishedanswer_given", condition=~Q(question="") & ~Q(answer="") & Q(version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competition_id}, {self.number}.{self.version}"


class SavedCompetition(models.Model):
    """Somebody wants to hear about a competition."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="saved_competitions")
    competition = models.ForeignKey("funds.Competition", on_delete=models.CASCADE, related_name="saved_by")
    saved_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="The deadline as the person last heard it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "competition"], name="funds_saved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} saved {self.competition_id}"
