"""Foreign questions find their counterpart, or none."""

from types import SimpleNamespace

from bids.importing.forms import FORM, doubles, mapped, meaning

# The usual form of a competition: slug and heading.
USUAL = [
    SimpleNamespace(slug=slug, heading=heading, text="")
    for slug, heading in [
        ("summary", "Project summary"), ("public", "Public description"), ("scope", "Scope"),
        ("need", "Need or challenge"), ("approach", "Approach and innovation"), ("team", "Team and resources"),
        ("market", "Market awareness"), ("outcomes", "Outcomes and route to market"), ("impacts", "Wider impacts"),
        ("management", "Project management"), ("risks", "Risks"), ("added-value", "Added value"),
        ("costs", "Costs and value for money"),
    ]
]  # fmt: skip


def test_the_ten_scored_questions_of_the_old_portal_each_have_one_of_the_usual_form():
    found = mapped([asked.heading for asked in FORM if asked.is_scored], USUAL)
    assert {name: question.slug for name, question in found.items()} == {
        "Business opportunity": "need", "Potential market": "market", "Project exploitation": "outcomes",
        "Economic benefit": "impacts", "Technical approach": "management", "Innovation": "approach", "Risks": "risks",
        "Project team": "team", "Funding": "costs", "Adding value": "added-value",
    }  # fmt: skip


def test_every_question_of_the_imported_form_finds_itself():
    assert {name: q.slug for name, q in mapped([a.heading for a in FORM], FORM).items()} == {
        a.heading: a.slug for a in FORM
    }


def test_long_questions_are_known_by_their_words():
    assert meaning("What is the size of the potential market for your project?") == "market"
    assert meaning("What will your project cost?") == "costs"


def test_the_same_words_count_before_the_same_meaning():
    own = [SimpleNamespace(slug="x", heading="Innovation", text=""), *USUAL]
    assert mapped(["innovation"], own)["innovation"].slug == "x"


def test_what_is_not_recognised_is_not_guessed():
    assert mapped(["Favourite colour", ""], USUAL) == {}


def test_two_foreign_questions_for_one_are_told():
    foreign = ["Scope", "How does your project align with the scope of this competition?"]
    assert doubles(mapped(foreign, USUAL)) == [tuple(foreign)]
