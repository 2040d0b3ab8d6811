"""What a change of a team by hand would break."""

from assessments.teams import Demands, Member, Other, Place, judge, misses

DEMANDS = Demands(seats=3, least={"clinical": 1, "commercial": 1}, one_per_network=True)


def member(key: int, kind: str = "clinical", network: int | None = None, region: str = "", **more) -> Member:
    facts = {"load": 0, "room": 5} | more
    return Member(key, f"Assessor {key}", [kind], network, f"Network {network}", region, **facts)


TEAM = [member(1, "clinical", 10), member(2, "commercial", 20), member(3, "lay", 30)]


def test_a_swap_that_breaks_nothing_is_possible():
    verdict = judge(TEAM, DEMANDS, off=TEAM[2], on=member(4, "lay", 40))
    assert (verdict.refused, verdict.warned) == ([], [])


def test_a_type_that_would_be_missing_is_a_warning():
    verdict = judge(TEAM, DEMANDS, off=TEAM[0], on=member(4, "lay", 40))
    assert (verdict.refused, verdict.warned) == ([], ["The bid would have 0 clinical assessors; it needs 1."])


def test_a_seat_too_few_or_too_many_is_a_warning():
    assert judge(TEAM, DEMANDS, off=TEAM[2], on=None).warned == ["The bid would have 2 of 3 assessors."]
    assert judge(TEAM, DEMANDS, off=None, on=member(4)).warned == ["The bid would have 4 of 3 assessors."]


def test_the_same_network_is_refused_unless_the_other_goes():
    twin = member(4, "clinical", 10)
    assert "is of Network 10, as Assessor 1 is" in judge(TEAM, DEMANDS, off=TEAM[2], on=twin).refused[0]
    assert judge(TEAM, DEMANDS, off=TEAM[0], on=twin).refused == []


def test_the_own_region_is_refused_where_it_counts():
    near = member(4, region="Wessex")
    barred = Demands(3, {}, one_per_network=False, barred_region="Wessex")
    assert "own region, Wessex" in judge(TEAM, barred, off=TEAM[0], on=near).refused[0]
    assert judge(TEAM, DEMANDS, off=TEAM[0], on=near).refused == []


def test_conflict_no_room_and_a_held_seat_are_refused():
    full = member(4, load=5)
    verdict = judge(TEAM, DEMANDS, off=TEAM[0], on=full, fixed={1}, barred="A conflict of interest: director.")
    assert [text.split(" ")[0] for text in verdict.refused] == ["Assessor", "A", "Assessor"]
    assert len(verdict.refused) == 3


def test_no_change_and_somebody_who_sits_there_are_refused():
    assert "Choose whom" in judge(TEAM, DEMANDS, off=None, on=None).refused[0]
    assert judge(TEAM, DEMANDS, off=None, on=TEAM[0]).refused == ["Assessor 1 is on the team already."]


def test_broken_rules_are_counted_as_the_solver_counts_them():
    assert misses(TEAM, DEMANDS) == 0
    assert misses([member(1, "lay", 10), member(2, "lay", 10), member(3, "lay", 10)], DEMANDS) == 4


def test_a_place_comes_back_from_json():
    place = Place(1, 700, (1000, None, 300), True, False, 2, 9, "Why", [Other(2, 600, "Why not")])
    assert Place.of(place.as_dict()) == Place.of({**place.as_dict()})
    assert Place.of(place.as_dict()).others == [Other(2, 600, "Why not")]
