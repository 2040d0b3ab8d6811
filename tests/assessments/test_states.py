"""The whole graph of seats and assessments, as one literal set each, and the transitions that follow it."""

from assessments.models import Assessment, Seat
from assessments.states import ASSESSMENT_EDGES, SEAT_EDGES

SEATS = {
    ("invited", "accepted"),
    ("invited", "declined"),
    ("invited", "withdrawn"),
    ("accepted", "declined"),
    ("accepted", "withdrawn"),
}
ASSESSMENTS = {("in_progress", "submitted"), ("submitted", "in_progress")}


def drawn(model) -> set[tuple[str, str]]:
    """Return the edges that a model's transitions allow."""
    return {(str(t.source), str(t.target)) for t in model._meta.get_field("state").get_all_transitions(model)}


def test_the_graph_of_seats():
    assert {(str(a), str(b)) for a, b in SEAT_EDGES} == SEATS


def test_the_graph_of_assessments():
    assert {(str(a), str(b)) for a, b in ASSESSMENT_EDGES} == ASSESSMENTS


def test_transitions_and_database_share_one_graph():
    assert (drawn(Seat), drawn(Assessment)) == (SEATS, ASSESSMENTS)
