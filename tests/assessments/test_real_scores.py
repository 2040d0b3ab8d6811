"""The ranked sheet of real assessments, against averages worked out here from the same lines by whole numbers."""

import json
import os
from collections import Counter, defaultdict
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from assessments import queries
from assessments.models import Seat
from funds.models import Competition

SHARED = Path(os.environ.get("MATCHFUND_SHARED", Path(settings.BASE_DIR).parent / "shared"))
FOLDER = SHARED / "data" / "ifs_bids"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the real bids are not here: set MATCHFUND_SHARED to their folder"),
]
# Score and spread by hand: 45 of 100 twice, 70 of 100, 70 of 100.
BY_HAND = {
    "Mobile Phone Data for Logistics Analytics": (2, "45.0", "0.0"),
    "New living with Virtual Reality": (1, "70.0", "0.0"),
    "Smart monitoring in high-pressure engineering systems - Application 1": (1, "70.0", "0.0"),
}


@pytest.fixture
def imported(db) -> Competition:
    """The competition that holds the real bids and assessments."""
    call_command(
        "import_bids", str(FOLDER / "bids.jsonl"), "--organisations", str(FOLDER / "organisations.csv"),
        "--assessments", str(FOLDER / "assessments.jsonl"), "--competition", "IFS-REAL", stdout=StringIO(),
    )  # fmt: skip
    return Competition.objects.get(reference="IFS-REAL")


def half_up(value: Fraction) -> str:
    """Return a fraction to 1 decimal, halves up, without any division that rounds."""
    whole, tenth = divmod((value * 20 + 1) // 2, 10)
    return f"{whole}.{tenth}"


def from_the_lines() -> dict[str, tuple[int, str, str]]:
    """Return title → (counted, score, spread) of submitted assessments, every question weighing the same."""
    sheets = defaultdict(list)
    for line in (FOLDER / "assessments.jsonl").read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        if found["state"] == "SUBMITTED":
            points = [int(r["value"]) for r in found["responses"] if r["kind"] == "ASSESSOR_SCORE"]
            sheets[found["bid"]].append(Fraction(sum(points) * 100, len(points) * 10))
    return {
        title: (len(own), half_up(sum(own, Fraction(0)) / len(own)), half_up(max(own) - min(own)))
        for title, own in sheets.items()
    }


def test_the_averages_by_hand_are_those_of_the_lines():
    assert from_the_lines() == BY_HAND


def test_the_sheet_shows_them_and_nothing_else_counts(imported):
    sheet = {r.title: (r.counted, str(r.score), str(r.spread)) for r in queries.ranked(imported) if r.counted}
    assert sheet == BY_HAND
    seats = Seat.objects.filter(bid__title__endswith="systems - Application 1", state="accepted")
    assert Counter(seats.values_list("assessment__state", flat=True)) == {None: 3, "in_progress": 1, "submitted": 1}
