"""What is still wrong with each part of a competition."""

import datetime as dt

import pytest

from funds import queries
from funds.models import Question, Strand
from funds.parts import FIELDS, MARKED, Part, missing, order_problems, problems, statuses
from tests.cast import NOW

pytestmark = pytest.mark.django_db
CLOSES_ON = dt.date(2027, 2, 28)


def wrong(competition) -> dict[Part, list[str]]:
    found = queries.set_up_of(competition)
    return {part: texts for part, texts in problems(found, NOW).items() if texts}


def test_only_money_is_missing_from_the_draft_of_the_cast(draft_competition):
    assert wrong(draft_competition) == {Part.MONEY: ["No money has been allocated to the competition."]}


@pytest.mark.parametrize(
    ("part", "terms", "sentence"),
    [
        ("basics", {"summary": " "}, "Write the summary."),
        ("dates", {"closes_at": NOW}, "The closing date has passed. Choose a later one."),
        ("who", {"lead_kinds": []}, "Choose who may lead a bid."),
        ("consortium", {"bids_per_business": 1, "leads_per_business": 2},
         "A business cannot lead more bids than it may be in."),
        ("costs", {"cost_categories": []}, "Choose at least one category of cost."),
        ("costs", {"cost_categories": ["sweets"]}, "There is no category of cost called sweets."),
        ("match", {"match_kinds": []}, "Choose which kinds of match funding count."),
        ("assessment", {"assessor_types_needed": {"clinical": 3, "lay": 1}},
         "More assessors of certain types are needed than assess a bid."),
        ("letter", {"letter_conditions": ["Sign.", " "]}, "A condition of the letter is empty."),
    ],
)  # fmt: skip
def test_a_part_says_what_is_wrong_with_it(draft_competition, part, terms, sentence):
    for name, value in terms.items():
        setattr(draft_competition, name, value)
    assert wrong(draft_competition)[Part(part)] == [sentence]


def test_without_match_funding_no_kind_is_needed(draft_competition):
    draft_competition.match_is_required, draft_competition.match_kinds = False, []
    assert Part.MATCH not in wrong(draft_competition)


def test_dates_follow_one_another(draft_competition):
    draft_competition.assess_by = CLOSES_ON - dt.timedelta(days=1)
    draft_competition.panel_on = CLOSES_ON
    draft_competition.start_by = CLOSES_ON - dt.timedelta(days=2)
    assert list(order_problems(draft_competition)) == [
        "The end of the assessment (27 February 2027) must not be before the deadline (28 February 2027).",
        "The latest start of projects (26 February 2027) must not be before the panel (28 February 2027).",
    ]


@pytest.mark.parametrize(("days", "told"), [(31, []), (32, ["The opening date lies more than 31 days back."])])
def test_a_competition_does_not_open_far_back(draft_competition, days, told):
    draft_competition.opens_at = NOW - dt.timedelta(days=days)
    assert [sentence[:45] for sentence in wrong(draft_competition).get(Part.DATES, [])] == told


def test_a_regime_that_is_over_when_the_competition_opens_is_named(draft_competition, regime):
    regime.valid_to = dt.date(2020, 12, 31)
    draft_competition.regime = regime
    assert "is not in force on the day" in wrong(draft_competition)[Part.SUBSIDY][0]


def test_work_without_a_ceiling_is_named(draft_competition):
    Strand.objects.update(categories=["adoption"])
    assert "lists no ceiling for adoption in practice" in wrong(draft_competition)[Part.SUBSIDY][0]


def test_two_questions_of_one_heading_are_named(draft_competition):
    Question.objects.filter(slug="question-2").update(heading="QUESTION 1")
    assert wrong(draft_competition)[Part.QUESTIONS] == [
        "2 questions are called “Question 1”. Give each a heading of its own."
    ]


def test_a_part_that_nobody_has_marked_is_missing(draft_competition):
    draft_competition.parts_to_do = ["letter"]
    assert missing(queries.set_up_of(draft_competition), NOW)[Part.LETTER] == [
        "Mark “Award letter and claims” as complete."
    ]


def test_a_complete_part_is_complete_no_more_when_something_is_wrong(draft_competition):
    draft_competition.lead_kinds = []
    found = statuses(queries.set_up_of(draft_competition), NOW)
    assert (found[Part.WHO].label, found[Part.DATES].label) == ("Needs correcting", "Complete")


def test_every_part_with_a_form_is_marked():
    assert set(FIELDS) < set(MARKED) == set(Part) - {Part.MONEY}
