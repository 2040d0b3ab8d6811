"""Who came to take part in the project of a bid after it was decided."""

from django.db import models

from audit.database import AppendOnly


class LaterParty(models.Model):
    """An organisation that took a partner's place in the award of a bid; conflicts of interest look at it too."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="later_parties")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "later parties"
        triggers = [AppendOnly()]
        constraints = [models.UniqueConstraint(fields=["bid", "organisation"], name="bids_later_party_once")]

    def __str__(self) -> str:
        return f"organisation {self.organisation_id} in bid {self.bid_id}"
