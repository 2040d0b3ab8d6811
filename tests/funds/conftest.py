"""The public pages at noon on 2 February 2027, while the competition of the cast is open."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import Model

from accounts.states import Role
from funds import actions, ledger
from funds.models import Competition, Question, Strand
from funds.starters import STARTERS
from funds.states import EnvelopeKind
from tests.asking import clock  # noqa: F401 - fixture
from tests.browser import browser_type_launch_args, signed_in_browser  # noqa: F401 - fixtures
from tests.cast import NOW
from tests.cast_public import shown_answer, shown_enquiry, shown_file  # noqa: F401 - fixtures
from tests.object_store import store, store_of_the_session  # noqa: F401 - fixtures


def _like(model: type[Model], pk: int) -> dict:
    """Return what a row holds, for one more like it."""
    own = ("id", "state", "content_sha256", "published_at")
    return {k: v for k, v in model.objects.values().get(pk=pk).items() if k not in own}


@pytest.fixture
def draft(stream, regime, fund_manager) -> Competition:
    """A competition begun from the template of its stream."""
    return actions.set_up(
        stream=stream, starter=STARTERS["sme_match_funded"], reference="NEW-1", title="New round", by=fund_manager,
        role=Role.FUND_MANAGER, at=NOW,
    )  # fmt: skip


@pytest.fixture
def another(competition, fund_manager, second_manager) -> Callable[..., Competition]:
    """Return a function that publishes one more competition like the first."""

    def make(number: int, opens_at: dt.datetime = NOW - dt.timedelta(days=1), **changed) -> Competition:
        pot = ledger.open_envelope(stream=competition.stream, kind=EnvelopeKind.POT)
        own = {"reference": f"DHTC-T-{number}", "title": f"Round {number}", "pot_id": pot.pk, "opens_at": opens_at}
        made = Competition.objects.create(**_like(Competition, pk=competition.pk) | own | changed)
        for part in (Strand, Question):
            one = part.objects.filter(competition=competition).last()
            part.objects.create(**_like(part, pk=one.pk) | {"competition_id": made.pk})
        facts = {"competition": made, "role": Role.FUND_MANAGER, "at": NOW - dt.timedelta(days=2)}
        actions.propose_allocation(pence=100_00, reason="More", by=fund_manager, **facts)
        actions.approve_allocation(by=second_manager, **facts)
        actions.propose_publication(by=fund_manager, **facts)
        return actions.publish(by=second_manager, **facts)

    return make
