"""Who works on a bid: named people, invitations, who does which section, and who has it open."""

from django.db import models
from django.db.models import Q

from accounts.invited import Invited
from accounts.models import User
from audit.database import Frozen, StateGraph
from bids.states import INVITATION_EDGES, InvitationState, TeamRole

S = InvitationState
SECTION_LENGTH = 80


class TeamMember(models.Model):
    """What one person does on a bid, when it is not what every colleague does."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bid_roles")
    role = models.CharField(max_length=8, choices=TeamRole)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [Frozen(fields=["bid", "user"], open_in=[], field="role")]
        constraints = [
            models.UniqueConstraint(fields=["bid", "user"], name="bids_one_role_per_person"),
            models.UniqueConstraint(fields=["bid"], condition=Q(role=TeamRole.LEAD), name="bids_one_lead_person"),
            models.CheckConstraint(name="bids_team_role_known", condition=Q(role__in=TeamRole.values)),
        ]

    def __str__(self) -> str:
        return f"person {self.user_id} is {self.role} of bid {self.bid_id}"


class Invitation(Invited):
    """An invitation by e-mail to work on a bid for an organisation; as its lead person, it hands the bid over."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=TeamRole)

    class Meta(Invited.Meta):
        triggers = [
            StateGraph(edges=INVITATION_EDGES, initial=S.WAITING),
            Frozen(fields=["bid", "organisation", "email", "role", "token_sha256", "expires_at"], open_in=[S.WAITING]),
        ]
        constraints = [
            *Invited.Meta.constraints,
            models.UniqueConstraint(
                fields=["bid", "email"], condition=Q(state=S.WAITING), name="bids_one_waiting_invitation"
            ),
            models.UniqueConstraint(
                fields=["bid"], condition=Q(state=S.WAITING, role=TeamRole.LEAD), name="bids_one_waiting_hand_over"
            ),
            models.CheckConstraint(
                name="bids_invitation_role",
                condition=Q(role__in=[r for r in TeamRole.values if r != TeamRole.REMOVED]),
            ),
        ]
        indexes = [models.Index(fields=["email", "state"], name="bids_invitation_by_address")]

    def __str__(self) -> str:
        return f"invitation {self.pk} to bid {self.bid_id}"


class Assignment(models.Model):
    """Who does a section of a bid, and till when; a section is named by its address below the bid's."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.CASCADE, related_name="assignments")
    section = models.CharField(max_length=SECTION_LENGTH)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="bid_assignments")
    due_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "section"], name="bids_one_person_per_section")]

    def __str__(self) -> str:
        return f"{self.section} of bid {self.bid_id} for person {self.user_id}"


class Presence(models.Model):
    """When somebody last opened or saved a section. It locks nothing."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.CASCADE, related_name="presences")
    section = models.CharField(max_length=SECTION_LENGTH)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "section", "user"], name="bids_one_presence_per_section")]

    def __str__(self) -> str:
        return f"person {self.user_id} in {self.section} of bid {self.bid_id}"
