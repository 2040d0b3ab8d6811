"""How well an assessor suits a bid; what is not known is middling, and says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import suits
from assessments.suits import Suits


@pytest.mark.parametrize(
    ("known", "affinity"),
    [
        (Suits(None, None, None), 500),
        (Suits(1000, None, None), 750),
        (Suits(200, None, None), 350),
        (Suits(1000, 1000, 1000), 1000),
        (Suits(200, 300, 200), 225),
        (Suits(1000, 700, 600), 825),
    ],
)
def test_affinity_is_two_parts_area_one_tags_one_text(known, affinity):
    assert known.affinity == affinity


def test_what_is_not_known_is_said():
    assert Suits(None, None, None).words == (
        "clinical area not known, expertise not known, nothing to compare the text with"
    )
    assert Suits(1000, 700, 450).words == "the same clinical area, one expertise in common, text 450 of 1000 alike"


@pytest.mark.parametrize(
    ("area", "areas", "found"),
    [("", ["Stroke"], None), ("Stroke", [], None), ("stroke ", [" Stroke"], 1000), ("Stroke", ["Cancer"], 200)],
)
def test_clinical_areas_are_the_same_in_any_case(area, areas, found):
    assert suits.in_area(area, areas) == found


@pytest.mark.parametrize(
    ("mentioned", "tags", "found"),
    [
        ({"ai"}, [], None),
        (set(), ["AI"], 300),
        ({"ai"}, ["AI", "imaging"], 700),
        ({"ai", "imaging"}, ["AI", "Imaging"], 1000),
    ],
)
def test_tags_in_common_are_counted(mentioned, tags, found):
    assert suits.by_tags(frozenset(mentioned), tags) == found


def test_tags_are_found_as_whole_words_in_any_dress():
    text = "Imaging & AI, for real-time monitoring"
    assert suits.tags_in(text, ["imaging", "Real time", "AI", "time monitor", "&", "aim"]) == {
        "imaging", "real time", "ai",
    }  # fmt: skip


def test_the_person_who_writes_of_the_same_thing_is_more_alike():
    found = suits.likeness({1: "Sensors that tell an asthma attack"}, {7: "Asthma and sensors", 8: "Wound dressings"})
    assert found[1, 8] == 200
    assert found[1, 7] > 600


def test_the_same_words_are_as_alike_as_can_be():
    assert suits.likeness({1: "asthma sensors"}, {7: "Asthma sensor"})[1, 7] == 1000


def test_a_rare_word_in_common_counts_more_than_a_common_one():
    people = dict.fromkeys(range(2, 9), "patients on wards") | {1: "patients with sepsis"}
    found = suits.likeness({1: "sepsis alarms", 2: "patients alarms"}, people)
    assert found[1, 1] > found[2, 1]


@pytest.mark.parametrize("text", ["", "   ", "the and 12 3", "a b"])
def test_nothing_is_said_of_texts_without_words(text):
    assert suits.likeness({1: "asthma"}, {7: text}) == {}


@given(
    st.dictionaries(st.integers(1, 4), st.text(max_size=40)), st.dictionaries(st.integers(1, 4), st.text(max_size=40))
)
def test_likeness_stays_on_its_scale(bids, people):
    assert all(200 <= points <= 1000 for points in suits.likeness(bids, people).values())
