"""Assessors: how they come in, what they know, what they agreed to and declared, and when they are away."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.invited import Invited
from accounts.states import INVITATION_EDGES, InvitationState
from assessments.states import AssessorType, InterestKind
from audit.database import AppendOnly, Frozen, StateGraph


class Assessor(models.Model):
    """A person who scores bids, for a network or on their own account."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="assessor")
    network = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="assessors"
    )
    types = ArrayField(models.CharField(max_length=12, choices=AssessorType))
    capacity = models.PositiveIntegerField(default=8, help_text="Bids per competition, where none is set for it.")
    expertise = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    clinical_areas = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    about = models.TextField(blank=True, help_text="What they know, in their own words.")
    is_available = models.BooleanField(default=True, help_text="Takes invitations at present.")
    fee_pence = models.PositiveIntegerField(default=0, help_text="For each assessment handed in; 0 when waived.")

    class Meta:
        constraints = [models.CheckConstraint(name="assessments_assessor_has_type", condition=Q(types__len__gte=1))]

    def __str__(self) -> str:
        return str(self.user)


class Invitation(Invited):
    """An invitation by e-mail to become an assessor, for a network or as an independent."""

    network = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Invited.Meta):
        triggers = [
            StateGraph(edges=INVITATION_EDGES, initial=InvitationState.WAITING),
            Frozen(fields=["network", "email", "token_sha256", "expires_at"], open_in=[InvitationState.WAITING]),
        ]
        constraints = [
            *Invited.Meta.constraints,
            models.UniqueConstraint(
                fields=["email"], condition=Q(state=InvitationState.WAITING), name="assessments_one_waiting_invitation"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to assess"


class Agreement(models.Model):
    """An assessor's yes to a version of the terms on which bids are assessed."""

    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="agreements")
    version = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64, help_text="Digest of the words agreed to.")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.UniqueConstraint(fields=["assessor", "version"], name="assessments_agrees_once_to_a_version"),
            models.CheckConstraint(
                name="assessments_agreement_sha256", condition=Q(text_sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessor_id} agrees to {self.version}"


class Absence(models.Model):
    """Days, both included, on which an assessor does not assess."""

    assessor = models.ForeignKey(Assessor, on_delete=models.CASCADE, related_name="absences")
    first_on = models.DateField()
    last_on = models.DateField()

    class Meta:
        ordering = ["first_on", "id"]
        constraints = [
            models.CheckConstraint(name="assessments_absence_ends_later", condition=Q(last_on__gte=F("first_on")))
        ]

    def __str__(self) -> str:
        return f"{self.assessor_id} away {self.first_on} to {self.last_on}"


class CompetitionCapacity(models.Model):
    """How many bids an assessor takes in one competition, where that is not what their profile says."""

    assessor = models.ForeignKey(Assessor, on_delete=models.CASCADE, related_name="capacities")
    competition = models.ForeignKey("funds.Competition", on_delete=models.CASCADE, related_name="+")
    bids = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessor", "competition"], name="assessments_one_capacity_each")
        ]

    def __str__(self) -> str:
        return f"{self.bids} bids of {self.competition_id} for {self.assessor_id}"


class Interest(models.Model):
    """An organisation in which an assessor, or their family, has an interest."""

    assessor = models.ForeignKey(Assessor, on_delete=models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=12, choices=InterestKind)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation_name = models.CharField(max_length=200)
    company_number = models.CharField(max_length=8, blank=True)
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.organisation_name}"


class Declaration(models.Model):
    """An assessor's word that the interests declared so far are all that there are; it holds for a year."""

    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="declarations")
    interests_sha256 = models.CharField(max_length=64, help_text="Digest of the interests that stood then.")
    at = models.DateTimeField()
    until = models.DateField()

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(
                name="assessments_declaration_sha256", condition=Q(interests_sha256__regex=r"^[0-9a-f]{64}$")
            )
        ]
        indexes = [models.Index(fields=["assessor", "-until"], name="assessments_declared_until")]

    def __str__(self) -> str:
        return f"declaration of {self.assessor_id} until {self.until}"
