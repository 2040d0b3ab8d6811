"""The graphs of awards, claims, letters and payments, whole."""

import pytest
from django_fsm import TransitionNotAllowed

from awards.models import Award, Claim, LetterRequest, Payment
from awards.states import AWARD_EDGES, CLAIM_EDGES, PAYMENT_EDGES, AwardState

AWARD = {
    "offered>conditions_met", "offered>withdrawn", "offered>declined",
    "conditions_met>letter_issued", "conditions_met>offered", "conditions_met>withdrawn", "conditions_met>declined",
    "letter_issued>accepted", "letter_issued>declined", "letter_issued>lapsed", "letter_issued>withdrawn",
    "accepted>live", "accepted>terminated", "live>completed", "live>terminated",
}  # fmt: skip
CLAIM = {
    "draft>submitted", "submitted>queried", "submitted>reviewed", "submitted>rejected", "queried>submitted",
    "reviewed>approved", "reviewed>queried", "reviewed>rejected", "approved>instructed", "approved>queried",
    "instructed>paid", "instructed>returned", "paid>returned", "returned>instructed", "returned>rejected",
    "submitted>nil",
}  # fmt: skip
PAYMENT = {"instructed>paid", "instructed>returned", "paid>returned", "returned>instructed"}
LETTER = {"waiting>stored"}


def drawn(model) -> set[str]:
    """Return the transitions that a model's methods allow."""
    return {f"{t.source}>{t.target}" for t in model._meta.get_field("state").get_all_transitions(model)}


def kept(edges) -> set[str]:
    """Return the edges that the database keeps."""
    return {f"{a}>{b}" for a, b in edges}


@pytest.mark.parametrize(
    ("model", "graph"), [(Award, AWARD), (Claim, CLAIM), (Payment, PAYMENT), (LetterRequest, LETTER)]
)
def test_the_methods_draw_the_whole_graph(model, graph):
    assert drawn(model) == graph


@pytest.mark.parametrize(("edges", "graph"), [(AWARD_EDGES, AWARD), (CLAIM_EDGES, CLAIM), (PAYMENT_EDGES, PAYMENT)])
def test_the_database_keeps_the_same_graph(edges, graph):
    assert kept(edges) == graph


def test_a_transition_off_the_graph_is_refused():
    with pytest.raises(TransitionNotAllowed):
        Award().go_live()


def test_a_state_cannot_be_assigned():
    with pytest.raises(AttributeError):
        Award().state = AwardState.LIVE
