"""An invitation by e-mail to do something here, as every kind of invitation keeps it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django_fsm import FSMField, transition

from accounts.models import User
from accounts.states import InvitationState

S = InvitationState


class Invited(models.Model):
    """What all kinds of invitation share. Only the digest of its token is kept; sending it again makes another."""

    email = models.EmailField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    state = FSMField(max_length=10, choices=S, default=S.WAITING, protected=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_email_lower", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_expires_later", condition=Q(expires_at__gt=F("sent_at"))
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_answered_whole",
                condition=Q(answered_by=None, answered_at=None, state=S.WAITING)
                | Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(state=S.WAITING),
            ),
        ]

    def _answer(self, by: User, at: dt.datetime) -> None:
        self.answered_by, self.answered_at = by, at

    @transition(field=state, source=S.WAITING, target=S.ACCEPTED)
    def accept(self, *, by: User, at: dt.datetime) -> None:
        """The person invited takes part."""
        self._answer(by, at)

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self, *, by: User, at: dt.datetime) -> None:
        """The person invited does not take part."""
        self._answer(by, at)

    @transition(field=state, source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self, *, by: User, at: dt.datetime) -> None:
        """It is taken back."""
        self._answer(by, at)
