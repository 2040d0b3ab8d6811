"""A bid as people read it."""

import pytest

from audit.record import as_json
from bids import queries
from bids.paper import paper, workings
from tests.bids.cast_pages import half_written


@pytest.mark.parametrize(
    ("category", "inputs", "words"),
    [
        ("labour", {"gross_pounds": "£67,500", "days": "200"}, "£67,500 a year ÷ 225 working days × 200 days"),
        ("overheads", {"kind": "percent"}, "20% of labour"),
        ("overheads", {"kind": "stated", "stated_pounds": "10"}, "As stated in the workings"),
        ("materials", {"quantity": "40", "unit_pounds": "1250.50"}, "40 × £1,250.50"),
        (
            "capital_usage",
            {"value_pounds": "9000", "residual_pounds": "1000", "utilisation_percent": "50"},
            "(£9,000 when bought − £1,000 left) × 50% used here",
        ),
        ("subcontracting", {"country": "Wales", "role": "Trial design", "cost_pounds": "5"}, "Wales, Trial design"),
        ("other", {"cost_pounds": "5"}, ""),
        ("travel_and_subsistence", {}, "? × £?"),
    ],
)
def test_workings_are_told_in_words(category, inputs, words):
    assert workings(category, inputs, 225) == words


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_a_submitted_version_reads_as_the_bid_did(competition, sme, applicant):
    content = queries.content_of(half_written(competition, sme, applicant))
    assert paper(as_json(content)) == paper(content)


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_the_sums_of_all_partners_are_at_hand(competition, sme, applicant, trust):
    read = paper(queries.content_of(half_written(competition, sme, applicant, trust)))
    assert [read.total(f) for f in ("cost", "grant", "other_public", "match")] == [72_500, 35_250, 1_000, 36_250]
