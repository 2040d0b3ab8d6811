"""What a project is to reach, and by when: defined before the letter, marked as it is reached."""

from django.db import models

from audit.database import AppendOnly, FrozenWith
from awards.states import AwardState


class Milestone(models.Model):
    """An output that the lead promises for a day; fixed with the letter (Grant Standards of December 2016)."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["due_on", "id"]
        triggers = [FrozenWith(parent="award", open_in=[AwardState.OFFERED, AwardState.CONDITIONS_MET])]
        constraints = [
            models.UniqueConstraint(fields=["award", "title"], name="awards_milestone_once"),
            models.CheckConstraint(name="awards_milestone_named", condition=~models.Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title


class MilestoneReached(models.Model):
    """The lead's word that a milestone is reached, with what shows it."""

    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, related_name="reached")
    reached_on = models.DateField()
    note = models.TextField(help_text="What shows it.")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "milestones reached"
        triggers = [AppendOnly()]
        constraints = [models.CheckConstraint(name="awards_milestone_shown", condition=~models.Q(note=""))]

    def __str__(self) -> str:
        return f"milestone {self.milestone_id} on {self.reached_on}"
