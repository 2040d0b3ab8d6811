"""The last submitted version of each bid as one row, so that lists and counts never look into a draft."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from accounts.states import Size
from funds.states import ResearchCategory


class Standing(models.Model):
    """What officials list and count of a bid: facts of its last submitted version.

    It is written when a version is handed in, from that version's content. Each order of the list has an index that
    ends in the bid's key, with and without the competition, so that every page costs the same; the last two indexes
    give the choices of the filters without reading every row.
    """

    bid = models.OneToOneField("bids.Bid", on_delete=models.PROTECT, primary_key=True, related_name="standing")
    competition = models.ForeignKey(
        "funds.Competition", on_delete=models.PROTECT, related_name="standing_bids", db_index=False
    )
    strand = models.ForeignKey("funds.Strand", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="Of the version.")
    submitted_at = models.DateTimeField(help_text="First contact of the request that submitted it.")
    within_grace = models.BooleanField(help_text="After the deadline, inside the grace period.")
    title = models.CharField(max_length=200)
    category = models.CharField(max_length=14, choices=ResearchCategory)
    clinical_area = models.CharField(max_length=60, blank=True)
    lead_name = models.CharField(max_length=200)
    lead_identifier = models.CharField(max_length=60, blank=True, help_text="Number the lead is known by, in words.")
    lead_size = models.CharField(max_length=12, choices=Size)
    lead_region = models.CharField(max_length=60, blank=True)
    partners = models.PositiveIntegerField(help_text="Organisations that take part, the lead too.")
    cost_pounds = models.BigIntegerField()
    grant_pounds = models.BigIntegerField()
    match_pounds = models.BigIntegerField()
    terms = SearchVectorField(help_text="Words it is searched by and labels it is filtered by.")

    class Meta:
        indexes = [
            models.Index(fields=["competition", "submitted_at", "bid"], name="bids_standing_call_time"),
            models.Index(fields=["competition", "grant_pounds", "bid"], name="bids_standing_call_grant"),
            models.Index(fields=["competition", "lead_name", "bid"], name="bids_standing_call_lead"),
            models.Index(fields=["submitted_at", "bid"], name="bids_standing_time"),
            models.Index(fields=["grant_pounds", "bid"], name="bids_standing_grant"),
            models.Index(fields=["lead_name", "bid"], name="bids_standing_lead"),
            models.Index(fields=["lead_region"], name="bids_standing_region"),
            models.Index(fields=["clinical_area"], name="bids_standing_area"),
            GinIndex(fields=["terms"], name="bids_standing_terms"),
        ]

    def __str__(self) -> str:
        return self.title
