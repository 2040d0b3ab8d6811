"""What a public register says was granted before, by whichever body."""

from django.db import models
from django.db.models import F, Q

from accounts.rules import COMPANY_NUMBER
from audit.database import AppendOnly
from funds.money import in_words
from funds.states import AidCurrency


class PastAward(models.Model):
    """One award of a register, as published. It belongs to a company only by its number, never by its name."""

    line_sha256 = models.CharField(max_length=64, unique=True, help_text="Digest of the published line.")
    funder = models.CharField(max_length=160, help_text="In the one spelling that we use.")
    funder_as_published = models.CharField(max_length=160)
    scheme = models.CharField(max_length=200, blank=True)
    number_as_published = models.CharField(max_length=40, blank=True)
    company_number = models.CharField(max_length=8, blank=True, help_text="In 8 characters; blank when it is none.")
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, help_text="The name without its legal form, in small letters.")
    kind = models.CharField(max_length=80, blank=True, help_text="Type of beneficiary, as published.")
    low = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True, help_text="Blank when open.")
    currency = models.CharField(max_length=3, choices=AidCurrency, default=AidCurrency.GBP)
    granted_on = models.DateField()
    objective = models.CharField(max_length=200, blank=True)
    instrument = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=80, blank=True)
    imported_at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(name="funds_past_award_sha256", condition=Q(line_sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="funds_past_award_company_number",
                condition=Q(company_number="") | Q(company_number__regex=COMPANY_NUMBER),
            ),
            models.CheckConstraint(
                name="funds_past_award_amount",
                condition=Q(low=None, high=None) | Q(low__gte=0, high=None) | Q(low__gte=0, high__gte=F("low")),
            ),
            models.CheckConstraint(name="funds_past_award_currency", condition=Q(currency__in=AidCurrency.values)),
        ]
        indexes = [
            models.Index(
                fields=["company_number", "-granted_on"],
                condition=~Q(company_number=""),
                name="funds_past_award_by_number",
            ),
            models.Index(fields=["name_key"], name="funds_past_award_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.granted_on:%Y-%m-%d}"

    @property
    def amount_in_words(self) -> str:
        """What was granted, as far as it was published."""
        if self.low is None:
            return "not published"
        low = in_words(self.low, self.currency)
        if self.high is None:
            return f"{low} or more"
        return low if self.high == self.low else f"{low} to {in_words(self.high, self.currency)}"
