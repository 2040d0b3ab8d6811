"""Find the competition that bids are brought into, or set up a draft that holds them."""

import datetime as dt
import re

from django.db import transaction

from accounts.models import User
from accounts.states import ROLE_KINDS, Role, Size
from audit.record import record
from bids.importing.forms import FORM
from bids.states import CostCategory
from funds import ledger
from funds.models import Ceiling, Competition, Question, Strand, Stream, SubsidyRegime
from funds.states import CompetitionState, EnvelopeKind, ResearchCategory, StreamCode
from infra.importing.tables import BadFile

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}")
PARTNERS = [kind.value for kind in sorted(ROLE_KINDS[Role.APPLICANT])]
ACCOUNT = "imports@matchfund.invalid"  # nobody's address: RFC 2606 keeps .invalid for this
_BANDS = [[9, 10, "Convincing"], [7, 8, "Good"], [5, 6, "Fair"], [3, 4, "Weak"], [1, 2, "Poor"]]
_PERCENTS = {  # GBER 651/2014, Article 25: micro, small, medium, large, not a business
    ResearchCategory.FEASIBILITY: (70, 70, 60, 50, 100),
    ResearchCategory.INDUSTRIAL: (70, 70, 60, 50, 100),
    ResearchCategory.EXPERIMENTAL: (45, 45, 35, 25, 100),
}
_ANY_COST, _ANY_LENGTH = 1_000_000_000, 84
_OVER = (CompetitionState.AT_PANEL, CompetitionState.DECIDED, CompetitionState.CLOSED)


def competition_of(reference: str, at: dt.datetime) -> tuple[Competition, list[str]]:
    """Return the competition with this reference, set up as a draft if there is none, and remarks for the report.

    Raises:
        BadFile: the reference cannot be one, or the competition has no questions or strands yet.
    """
    if found := Competition.objects.filter(reference=reference).first():
        if not found.strands.exists() or not found.questions.exists():
            raise BadFile(f"{reference} has no strands or no questions yet, so it cannot hold bids. Set it up first.")
        return found, _remarks(found)
    if not REFERENCE.fullmatch(reference):
        raise BadFile(
            f"“{reference[:60]}” cannot be a reference: use up to 30 letters, digits, dots, dashes and underscores."
        )
    return _set_up(reference, at), [
        f"There was no competition {reference}: a draft was set up to hold these bids, with a form of"
        f" {len(FORM)} questions, no money and no opening to new bids.",
        "Name its responsible officer and allocate money before it is published.",
    ]


def _remarks(competition: Competition) -> list[str]:
    if competition.state in _OVER:
        state = competition.get_state_display().lower()
        return [
            f"{competition.reference} is {state}: what is brought in now is ranked, but no panel will decide on it."
        ]
    return []


@transaction.atomic
def _set_up(reference: str, at: dt.datetime) -> Competition:
    """Return a draft that takes bids of any size, length and category, and whatever it stands on that is missing.

    It stays a draft: publishing takes money and two people, and bids that were submitted elsewhere need neither.
    """
    stream = _stream()
    competition = Competition.objects.create(
        reference=reference, stream=stream, pot=ledger.open_envelope(stream=stream, kind=EnvelopeKind.POT),
        title=f"Bids imported as {reference}", summary="Bids that were made on another portal.",
        responsible_officer=_account(), opens_at=at - dt.timedelta(days=1), closes_at=at,
        lead_kinds=PARTNERS, partner_kinds=PARTNERS, non_business_share_percent=100,
        regime=_regime(), cost_categories=CostCategory.values, assessor_types_needed={},
    )  # fmt: skip
    Strand.objects.create(
        competition=competition, code="all", title="All bids", categories=ResearchCategory.values,
        cost_max_pounds=_ANY_COST, months_max=_ANY_LENGTH,
    )  # fmt: skip
    Question.objects.bulk_create(
        Question(
            competition=competition, position=i, slug=asked.slug, heading=asked.heading, text=asked.text,
            is_scored=asked.is_scored, bands=_BANDS if asked.is_scored else [],
        )
        for i, asked in enumerate(FORM, start=1)
    )  # fmt: skip
    record("competition.set_up_for_import", f"competition:{reference}", by=None, at=at, changes={"stream": stream.code})
    return competition


def _account() -> User:
    """Return the account in whose name such a draft stands; nobody can sign in with it."""
    return User.objects.filter(email=ACCOUNT).first() or User.objects.create_user(
        ACCOUNT, full_name="Import from another portal", is_active=False
    )


def _stream() -> Stream:
    """Return the stream of competed, match-funded bids; on an empty database it is set up without money."""
    return Stream.objects.get_or_create(
        code=StreamCode.SME_MATCH_FUNDED,
        defaults={
            "title": StreamCode.SME_MATCH_FUNDED.label,
            "purpose": "Match-funded awards to small companies.",
            "departments": ["Department of Health and Social Care"],
        },
    )[0]


def _regime() -> SubsidyRegime:
    """Return the block exemption regulation under which bids of 2017 stand, with its ceilings."""
    regime, is_new = SubsidyRegime.objects.get_or_create(
        code="gber_2014",
        defaults={
            "title": "General Block Exemption Regulation (EU) 651/2014",
            "legal_basis": "Aid for research, development and innovation under Regulation (EU) 651/2014.",
            "article": "Article 25",
            "valid_from": dt.date(2014, 7, 1),
        },
    )
    if is_new:
        sizes = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE, Size.NON_BUSINESS)
        Ceiling.objects.bulk_create(
            Ceiling(regime=regime, category=category, size=size, percent=percent)
            for category, percents in _PERCENTS.items()
            for size, percent in zip(sizes, percents, strict=True)
        )
    return regime
