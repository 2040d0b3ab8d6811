"""The 15 Academic Health Science Networks and the money allocated to them."""

from django.db import models
from django.db.models import F, Q

from audit.database import AppendOnly
from funds.rules_in_database import NeedsApprovedProposal


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
