"""Reading an allocation instance: good input is laid out, bad input is refused by its place."""

import pytest

from assessments.solve.files import BadInput
from assessments.solve.instance import OBJECTIVES, parse
from tests.assessments.solve_cases import question


def refused(**changes) -> str:
    with pytest.raises(BadInput) as refusal:
        parse(question(**changes))
    return str(refusal.value)


def test_pairs_are_sorted_and_conflicts_left_out():
    instance = parse(question(affinity=[["B1", "A0", 5], ["B0", "A1", 7], ["B0", "A0", 6]], conflicts=[["B0", "A1"]]))
    assert list(zip(instance.bid, instance.assessor, instance.affinity, strict=True)) == [(0, 0, 6), (1, 0, 5)]
    assert instance.conflicts == frozenset({("B0", "A1")})


def test_what_is_not_said_has_a_default():
    instance = parse({"bids": [], "assessors": [], "affinity": []})
    assert (instance.elastic, instance.objective, instance.max_per_region) == (True, OBJECTIVES, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bids": None}, "“bids” is missing: it must be a list."),
        ({"bids": {}}, "“bids” is an object: it must be a list."),
        ({"bids": [1]}, "bids[0] is the number 1: it must be an object with an id."),
        ({"bids": [{"id": "", "k": 1}]}, "bids[0].id is '': it must be a word in quotation marks, or a whole number."),
        ({"bids": [{"id": "B0", "k": 1}] * 2}, "bids[1]: the id 'B0' stands twice in “bids”. Give each its own id."),
        ({"k": -1}, "bids[0].k is -1: it must be a whole number from 0 to 1,000,000."),
        ({"k": 1.5}, "bids[0].k is 1.5: it must be a whole number from 0 to 1,000,000."),
        ({"k": True}, "bids[0].k is True: it must be a whole number from 0 to 1,000,000."),
        ({"capacity": 10**30}, f"assessors[0].capacity is {10**30}: it must be a whole number from 0 to 1,000,000."),
        ({"elastic": 1}, "“elastic” is 1: it must be true or false."),
        ({"objective": []}, f"“objective” is []: it must be a list of {', '.join(OBJECTIVES)}."),
        ({"objective": ["sum"]}, f"objective[0] is 'sum': it must be one of {', '.join(OBJECTIVES)}."),
        ({"objective": ["total", "total"]}, "objective[1]: 'total' stands twice. Name each aim once."),
    ],
)
def test_a_bad_value_is_named_by_its_place(change, message):
    assert refused(**change) == message


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["B0"], "affinity[0] is 'B0': it must be [bid, assessor, affinity]."),
        ([["B0", "A0"]], "affinity[0] is ['B0', 'A0']: it must be [bid, assessor, affinity]."),
        ([["B0", "A0", 1], ["B9", "A0", 1]], "affinity[1] names the bid 'B9', which is not in “bids”."),
        ([["B0", ["A0"], 1]], "affinity[0] names the assessor ['A0'], which is not in “assessors”."),
        ([["B0", "A0", 1], ["B0", "A0", 2]], "affinity[1]: the pair B0, A0 stands twice."),
    ],
)
def test_a_bad_row_of_affinities_is_named(rows, message):
    assert refused(affinity=rows) == message


@pytest.mark.parametrize("score", [0, 1001, -5, 7.0, "7", None, True, 10**40])
def test_affinities_are_whole_numbers_from_1_to_1000(score):
    rows = [["B0", "A0", 5], ["B0", "A1", score]]
    assert refused(affinity=rows) == f"affinity[1] (B0, A1) is {score!r}: it must be a whole number from 1 to 1000."


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([], "“rules” is a list: it must be an object; leave it empty for no rules."),
        ({"max": 1}, "rules.max is not a rule: use min_per_type or max_per_region."),
        ({"min_per_type": [1]}, "rules.min_per_type must be an object such as {“clinical”: 1}."),
        ({"min_per_type": {"lay": -1}}, "rules.min_per_type.lay is -1: it must be a whole number from 0 to 1,000,000."),
        ({"max_per_region": 0}, "rules.max_per_region is 0: it must be a whole number from 1 to 1,000,000."),
    ],
)
def test_a_bad_rule_is_named(rules, message):
    assert refused(rules=rules) == message


def test_the_region_rule_needs_regions():
    assessors = [{"id": "A0", "capacity": 1, "types": []}]
    assert refused(assessors=assessors, affinity=[], rules={"max_per_region": 1}) == (
        "Assessor A0 has no region, and rules.max_per_region needs one. Add it."
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conflicts": [["B0", "A0"]]}, "locked: A0 cannot be kept on bid B0, because the two are in conflict."),
        ({"affinity": []}, "locked: A0 cannot be kept on bid B0, because the pair has no affinity"),
        ({"k": 0}, "locked: bid B0 has more locked seats than its k. Raise k."),
        ({"capacity": 0}, "locked: assessor A0 has more locked seats than its capacity. Raise it."),
    ],
)
def test_a_locked_seat_that_cannot_be_kept_is_refused(change, message):
    assert refused(locked=[["B0", "A0"]], **change).startswith(message)


def test_a_list_is_not_an_instance():
    with pytest.raises(BadInput, match="must be a JSON object"):
        parse([])
