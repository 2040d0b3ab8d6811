"""What a partner declares to have received from public bodies, for regimes that limit their sum."""

from django.db import models
from django.db.models import Q

from audit.database import FrozenWith
from bids.states import EDITABLE
from funds.money import in_words
from funds.states import AidCurrency


class AidDeclaration(models.Model):
    """A partner's word that its list of aid is whole, or that there is none; a change of the list takes it back."""

    partner = models.OneToOneField("bids.Partner", on_delete=models.CASCADE, related_name="aid_declaration")
    confirmed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, help_text="Digest of the list that is confirmed.")

    class Meta:
        triggers = [FrozenWith(parent="partner__bid", open_in=EDITABLE)]
        constraints = [models.CheckConstraint(name="bids_aid_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$"))]

    def __str__(self) -> str:
        return f"declaration of partner {self.partner_id}"


class AidReceived(models.Model):
    """One sum of aid that a partner, or an enterprise linked to it, was granted before."""

    partner = models.ForeignKey("bids.Partner", on_delete=models.CASCADE, related_name="aid_received")
    giver = models.CharField(max_length=160)
    scheme = models.CharField(max_length=160, blank=True)
    granted_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, choices=AidCurrency, default=AidCurrency.GBP)
    pounds_per_euro = models.DecimalField(max_digits=8, decimal_places=5, help_text="Rate on the day of the grant.")

    class Meta:
        ordering = ["granted_on", "id"]
        triggers = [FrozenWith(parent="partner__bid", open_in=EDITABLE)]
        constraints = [
            models.CheckConstraint(name="bids_aid_above_zero", condition=Q(amount__gt=0, pounds_per_euro__gt=0)),
            models.CheckConstraint(name="bids_aid_currency", condition=Q(currency__in=AidCurrency.values)),
            models.CheckConstraint(name="bids_aid_giver_given", condition=~Q(giver="")),
        ]

    def __str__(self) -> str:
        return f"{self.giver}, {self.granted_on:%Y-%m-%d}"

    @property
    def amount_in_words(self) -> str:
        """What was granted, in its own currency."""
        return in_words(self.amount, self.currency)
