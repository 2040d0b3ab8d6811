"""Competitions and the rules they carry as data: subsidy regime, strands, questions."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.states import OrganisationKind, Size
from audit.database import AppendOnly, FrozenWith, StateGraph
from funds.models.ledger import Envelope, Stream
from funds.rules_in_database import (
    ApprovedBefore,
    AskedAsPublished,
    DeadlineMovesByTwo,
    EditVoidsContent,
    FixedOnceOut,
    PartVoidsContent,
)
from funds.states import (
    COMPETITION_EDGES,
    AidCurrency,
    ChangeKind,
    Collaboration,
    CompetitionState,
    MatchKind,
    ResearchCategory,
)

# What may change while a competition is out: by a correction or a deed of its own, each with its own rules.
CORRECTABLE = ("briefing_on", "assess_by", "panel_on", "notify_on", "start_by", "responsible_officer_id")


class SubsidyRegime(models.Model):
    """The law under which money is given, with its dates and its table of ceilings."""

    code = models.SlugField(primary_key=True, max_length=30)
    title = models.CharField(max_length=120)
    legal_basis = models.TextField(help_text="Sentence that stands in the award letter.")
    article = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    aid_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Most aid to one undertaking over some fiscal years; blank when none is set."
    )
    aid_currency = models.CharField(max_length=3, choices=AidCurrency, blank=True)
    aid_years = models.PositiveSmallIntegerField(default=3, help_text="Fiscal years added up, this one included.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="funds_regime_aid_limit_whole",
                condition=Q(aid_limit=None, aid_currency="")
                | Q(aid_limit__gt=0, aid_currency__in=AidCurrency.values, aid_years__gte=1),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Ceiling(models.Model):
    """Highest grant, in per cent of eligible cost, for a research category and a size (GBER 651/2014, Article 25)."""

    regime = models.ForeignKey(SubsidyRegime, on_delete=models.CASCADE, related_name="ceilings")
    category = models.CharField(max_length=14, choices=ResearchCategory)
    size = models.CharField(max_length=12, choices=Size)
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regime", "category", "size"], name="funds_one_ceiling_per_case"),
            models.CheckConstraint(name="funds_ceiling_percent", condition=Q(percent__gte=0, percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.size}: {self.percent} %"


def all_match_kinds() -> list[str]:
    """Return every kind of match funding: what counts unless a competition says otherwise."""
    return list(MatchKind.values)


class Competition(ConcurrentTransitionMixin, models.Model):
    """A call for bids within a stream, with the rules that its bids are held to."""

    reference = models.CharField(max_length=30, unique=True)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="competitions")
    pot = models.OneToOneField(Envelope, on_delete=models.PROTECT, related_name="competition")
    state = FSMField(max_length=14, choices=CompetitionState, default=CompetitionState.DRAFT, protected=True)
    content_sha256 = models.CharField(max_length=64, blank=True, help_text="Of what was put forward last.")
    published_at = models.DateTimeField(null=True, blank=True)
    parts_to_do = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="Parts not marked as complete yet."
    )

    title = models.CharField(max_length=160)
    summary = models.TextField()
    eligibility = models.TextField(blank=True)
    scope = models.TextField(blank=True)
    responsible_officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    grace_seconds = models.PositiveIntegerField(default=120, help_text="Absorbs our own queueing after the deadline.")
    briefing_on = models.DateField(null=True, blank=True)
    assess_by = models.DateField(null=True, blank=True)
    panel_on = models.DateField(null=True, blank=True)
    notify_on = models.DateField(null=True, blank=True)
    start_by = models.DateField(null=True, blank=True)

    lead_kinds = ArrayField(models.CharField(max_length=20, choices=OrganisationKind))
    partner_kinds = ArrayField(models.CharField(max_length=20, choices=OrganisationKind))
    non_business_share_percent = models.PositiveIntegerField(default=30, help_text="Of project costs, at most.")
    bids_per_business = models.PositiveIntegerField(null=True, blank=True)
    leads_per_business = models.PositiveIntegerField(null=True, blank=True)
    regime = models.ForeignKey(SubsidyRegime, on_delete=models.PROTECT, related_name="+")
    max_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, help_text="A ceiling of this competition's own."
    )
    cost_categories = ArrayField(models.CharField(max_length=24))
    match_is_required = models.BooleanField(default=True)
    match_kinds = ArrayField(
        models.CharField(max_length=14, choices=MatchKind), default=all_match_kinds, blank=True,
        help_text="Kinds of match funding that count.",
    )  # fmt: skip
    in_kind_percent = models.PositiveIntegerField(default=0, help_text="Of the required match, at most.")

    assessors_per_bid = models.PositiveIntegerField(default=3)
    assessor_types_needed = models.JSONField(default=dict, help_text="Type to the least number on a bid.")
    one_assessor_per_network = models.BooleanField(default=True)
    not_own_region = models.BooleanField(default=False, help_text="No assessor of the network of the lead's region.")
    is_blind = models.BooleanField(default=False, help_text="Assessors do not see who bids.")
    has_interview = models.BooleanField(default=False, help_text="The panel interviews the best.")
    quality_threshold = models.DecimalField(max_digits=4, decimal_places=1, default=70)
    letter_conditions = ArrayField(models.TextField(), default=list, blank=True)
    months_per_claim = models.PositiveIntegerField(default=3)

    class Meta:
        triggers = [
            StateGraph(edges=COMPETITION_EDGES, initial=CompetitionState.DRAFT),
            ApprovedBefore(kind="competition", gates={CompetitionState.PUBLISHED: ["approve"]}),
            FixedOnceOut(may_change=["state", "closes_at", *CORRECTABLE]),
            DeadlineMovesByTwo(),
            EditVoidsContent(besides=["state", "content_sha256", "published_at", "parts_to_do"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="funds_competition_closes_after_open", condition=Q(closes_at__gt=F("opens_at"))
            ),
            models.CheckConstraint(name="funds_competition_grace", condition=Q(grace_seconds__lte=600)),
            models.CheckConstraint(name="funds_competition_assessors", condition=Q(assessors_per_bid__in=[1, 3, 5])),
            models.CheckConstraint(
                name="funds_competition_percents",
                condition=Q(
                    non_business_share_percent__lte=100, in_kind_percent__lte=100, quality_threshold__range=(0, 100)
                ),
            ),
        ]
        indexes = [models.Index(fields=["state", "closes_at"], name="funds_competition_by_deadline")]

    def __str__(self) -> str:
        return self.title

    @transition(field=state, source=CompetitionState.DRAFT, target=CompetitionState.PUBLISHED)
    def publish(self) -> None:
        """Let the public see it."""

    @transition(field=state, source=CompetitionState.PUBLISHED, target=CompetitionState.IN_ASSESSMENT)
    def begin_assessment(self) -> None:
        """Close the book of bids and hand them to assessors."""

    @transition(field=state, source=CompetitionState.IN_ASSESSMENT, target=CompetitionState.AT_PANEL)
    def go_to_panel(self) -> None:
        """Freeze the scores."""

    @transition(field=state, source=CompetitionState.AT_PANEL, target=CompetitionState.DECIDED)
    def decide(self) -> None:
        """Keep the panel's decision."""

    @transition(field=state, source=CompetitionState.DECIDED, target=CompetitionState.CLOSED)
    def close(self) -> None:
        """End the competition."""


class Strand(models.Model):
    """A part of a competition with its own range of cost, length and consortium."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="strands")
    code = models.SlugField(max_length=30)
    title = models.CharField(max_length=120)
    categories = ArrayField(models.CharField(max_length=14, choices=ResearchCategory))
    cost_min_pounds = models.BigIntegerField(default=0)
    cost_max_pounds = models.BigIntegerField()
    months_min = models.PositiveIntegerField(default=1)
    months_max = models.PositiveIntegerField(default=36)
    collaboration = models.CharField(max_length=14, choices=Collaboration, default=Collaboration.EITHER)
    claiming_partners_min = models.PositiveIntegerField(
        default=0, help_text="Partners besides the lead that claim grant."
    )

    class Meta:
        ordering = ["id"]
        triggers = [FrozenWith(parent="competition", open_in=[CompetitionState.DRAFT]), PartVoidsContent()]
        constraints = [
            models.UniqueConstraint(fields=["competition", "code"], name="funds_one_strand_per_code"),
            models.CheckConstraint(
                name="funds_strand_range",
                condition=Q(cost_min_pounds__gte=0, cost_max_pounds__gte=F("cost_min_pounds"), months_min__gte=1)
                & Q(months_max__gte=F("months_min")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """A question of the form, as data."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveIntegerField()
    slug = models.SlugField(max_length=40)
    heading = models.CharField(max_length=120)
    text = models.TextField()
    guidance = models.TextField(blank=True)
    word_limit = models.PositiveIntegerField(default=400)
    is_scored = models.BooleanField(default=True)
    weight = models.PositiveIntegerField(default=1)
    max_points = models.PositiveIntegerField(default=10)
    bands = models.JSONField(default=list, help_text="[low, high, what earns it] from best to worst.")
    takes_appendix = models.BooleanField(default=False)

    class Meta:
        ordering = ["competition", "position"]
        triggers = [AskedAsPublished(parent="competition", open_in=[CompetitionState.DRAFT]), PartVoidsContent()]
        constraints = [
            models.UniqueConstraint(fields=["competition", "slug"], name="funds_one_question_per_slug"),
            models.UniqueConstraint(fields=["competition", "position"], name="funds_one_question_per_position"),
            models.CheckConstraint(
                name="funds_question_limits", condition=Q(word_limit__range=(1, 5000), weight__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.heading


class AskedDocument(models.Model):
    """A document that bidders must or may give besides their answers."""

    competition = models.ForeignKey(Competition, on_delete=models.CASCADE, related_name="asked_documents")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    guidance = models.TextField(blank=True)
    is_required = models.BooleanField(default=True)

    class Meta:
        ordering = ["competition", "position"]
        triggers = [FrozenWith(parent="competition", open_in=[CompetitionState.DRAFT]), PartVoidsContent()]
        constraints = [
            models.UniqueConstraint(fields=["competition", "position"], name="funds_one_asked_document_per_position"),
            models.UniqueConstraint(fields=["competition", "title"], name="funds_one_asked_document_per_title"),
        ]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """What has changed since a competition was published, in words that the public reads."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind)
    what = models.TextField(help_text="What is different now.")
    reason = models.TextField(blank=True)
    before_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the competition's content before it.")
    after_sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]
        indexes = [models.Index(fields=["competition", "-id"], name="funds_change_newest")]
        constraints = [models.CheckConstraint(name="funds_change_says_what", condition=~Q(what=""))]

    def __str__(self) -> str:
        return self.what
