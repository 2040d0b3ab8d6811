"""What each person does on a bid narrows what their organisation may change."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Message, User
from accounts.rules import Refused
from accounts.states import Role
from bids import actions, desk, overview, queries, rules, team
from bids.actions import team as deeds
from bids.call_readers import readers_of
from bids.models import Assignment, Bid, Presence, TeamMember
from bids.states import TeamRole
from tests.cast import NOW, person
from tests.cast_bids import LABOUR, draft, lead_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(sme) -> User:
    """A colleague of the applicant."""
    return person(Role.APPLICANT, sme, "Ben Colleague")


def give(bid: Bid, who: User, role: str, by: User) -> None:
    deeds.set_role(bid=bid, person=who, role=role, by=by, at=NOW)


def write(bid: Bid, who: User) -> None:
    question = bid.competition.questions.first()
    actions.save_answer(bid=bid, question=question, text="Words.", version=0, by=who, at=NOW)


def spend(bid: Bid, who: User) -> None:
    actions.set_costs(partner=lead_partner(bid), lines=[LABOUR], by=who, at=NOW)


def may(deed, bid: Bid, who: User) -> bool:
    """Tell whether somebody may do a deed; it is undone."""
    try:
        with transaction.atomic():
            deed(bid, who)
            transaction.set_rollback(True)
    except Refused:
        return False
    return True


def test_the_maker_of_a_bid_is_its_lead_person(bid, applicant):
    assert team.lead_person(bid) == applicant
    assert team.why_not_lead(applicant, bid) == ""


def test_a_colleague_who_is_not_named_is_an_editor(bid, ben):
    assert (team.role_of(ben, bid), may(write, bid, ben), may(spend, bid, ben)) == (TeamRole.EDITOR, True, True)


@pytest.mark.parametrize(
    ("role", "writes", "spends"), [("editor", True, True), ("finance", False, True), ("viewer", False, False)]
)
def test_a_role_narrows_what_a_colleague_changes(bid, applicant, ben, role, writes, spends):
    give(bid, ben, role, applicant)
    assert (may(write, bid, ben), may(spend, bid, ben)) == (writes, spends)


def test_finance_of_the_lead_leaves_the_money_of_partners_alone(bid, applicant, ben, trust):
    part = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    give(bid, ben, "finance", applicant)
    with pytest.raises(Refused, match="you look after the money of your own organisation"):
        actions.set_costs(partner=part, lines=[LABOUR], by=ben, at=NOW)


def test_people_of_a_partner_change_its_own_money_and_nothing_of_the_leads(bid, applicant, trust, trust_person):
    part = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    actions.set_costs(partner=part, lines=[LABOUR], by=trust_person, at=NOW)
    assert (may(spend, bid, trust_person), may(write, bid, trust_person)) == (False, False)


@pytest.mark.parametrize("deed", [actions.withdraw, actions.reopen, actions.give_up_changes])
def test_only_the_lead_person_takes_a_bid_back(submitted_bid, ben, deed):
    with pytest.raises(Refused, match="Only the lead person"):
        deed(bid=submitted_bid, by=ben, at=NOW)


def test_only_the_lead_person_submits(ready_bid, ben):
    with pytest.raises(Refused, match="Only the lead person"):
        actions.submit(bid=ready_bid, by=ben, at=NOW, first_contact=NOW, key="k")
    assert Bid.objects.get().state == "draft"


def test_only_the_lead_person_says_who_does_what(bid, ben):
    with pytest.raises(Refused, match="Only the lead person"):
        give(bid, ben, "viewer", ben)


@pytest.mark.parametrize("role", ["lead", "removed", "owner", ""])
def test_leading_is_not_given_but_handed_over(bid, applicant, ben, role):
    with pytest.raises(Refused, match="hand the bid over"):
        give(bid, ben, role, applicant)


def test_the_lead_person_keeps_leading_until_it_is_handed_over(bid, applicant):
    with pytest.raises(Refused, match="Hand the bid over first"):
        give(bid, applicant, "viewer", applicant)
    with pytest.raises(Refused, match="Hand it over first"):
        deeds.leave(bid=bid, by=applicant, at=NOW)


def test_who_is_told_that_their_role_has_changed(bid, applicant, ben):
    give(bid, ben, "viewer", applicant)
    assert [(m.to, m.template) for m in Message.objects.filter(template__startswith="team")] == [(ben, "team_role")]


def test_a_stranger_is_given_no_role(bid, applicant, stranger):
    with pytest.raises(Refused, match="does not work on this bid"):
        give(bid, stranger, "viewer", applicant)


def test_who_is_removed_neither_sees_nor_changes_the_bid(bid, applicant, ben):
    deeds.remove(bid=bid, person=ben, by=applicant, at=NOW)
    assert not queries.visible_to(ben).exists()
    assert queries.answers_for(ben, bid) == {}
    assert (may(write, bid, ben), may(spend, bid, ben)) == (False, False)


def test_who_is_removed_still_works_on_other_bids(bid, competition, sme, applicant, ben):
    other = draft(competition, sme, applicant, "Another")
    deeds.remove(bid=bid, person=ben, by=applicant, at=NOW)
    assert list(queries.visible_to(ben)) == [other]


def test_who_leaves_has_no_sections_any_more(bid, applicant, ben):
    deeds.assign(bid=bid, section="details", person=ben, by=applicant, at=NOW)
    deeds.leave(bid=bid, by=ben, at=NOW)
    assert (Assignment.objects.count(), team.role_of(ben, bid)) == (0, "removed")


def test_without_a_lead_person_who_acts_for_the_lead_any_editor_may_lead(bid, applicant, ben):
    applicant.memberships.update(ended_at=NOW)
    assert (team.lead_person(bid), team.why_not_lead(ben, bid)) == (None, "")
    deeds.take_lead(bid=bid, by=ben, at=NOW)
    assert (team.lead_person(bid), TeamMember.objects.get(user=applicant).role) == (ben, "editor")


def test_a_viewer_does_not_take_the_lead(bid, applicant, ben):
    give(bid, ben, "viewer", applicant)
    applicant.memberships.update(ended_at=NOW)
    with pytest.raises(Refused, match="you are a viewer"):
        deeds.take_lead(bid=bid, by=ben, at=NOW)


def test_the_database_keeps_one_lead_person(bid, ben):
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamMember.objects.create(bid=bid, user=ben, role=TeamRole.LEAD, by=ben, at=NOW)


def test_a_row_that_shuts_somebody_out_cannot_be_deleted(bid, applicant, ben):
    deeds.remove(bid=bid, person=ben, by=applicant, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamMember.objects.filter(user=ben).delete()


def test_people_are_found_for_many_bids_in_the_same_queries(
    bid, competition, sme, applicant, ben, trust, trust_person, django_assert_num_queries
):
    bids = [bid, draft(competition, sme, applicant, "Two"), draft(competition, sme, applicant, "Three")]
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    for some in (bids[:1], bids):
        with django_assert_num_queries(3):
            found = team.people_on(some)
    assert [p.user for p in found[bid.pk]] == [applicant, ben, trust_person]
    assert [p.user for p in found[bids[1].pk]] == [applicant, ben]


def test_who_was_removed_from_one_bid_is_still_told_of_the_competition_of_another(
    bid, competition, sme, applicant, ben
):
    deeds.remove(bid=bid, person=ben, by=applicant, at=NOW)
    assert list(readers_of(competition)) == [applicant]
    draft(competition, sme, applicant, "Another")
    assert list(readers_of(competition)) == [applicant, ben]


# Sections


def test_a_section_is_assigned_and_the_person_told(bid, applicant, ben):
    deeds.assign(bid=bid, section="questions/summary", person=ben, by=applicant, at=NOW, due_on=NOW.date())
    assert team.assignments(bid)["questions/summary"].user == ben
    message = Message.objects.get(template="assigned")
    assert (message.to, message.path) == (ben, f"/bids/{bid.reference}/questions/summary")
    assert "“Project summary”" in message.subject


def test_assigning_again_moves_the_section_and_tells_the_next(bid, applicant, ben):
    for who in (applicant, ben, ben):
        deeds.assign(bid=bid, section="details", person=who, by=applicant, at=NOW)
    assert (Assignment.objects.get().user, Message.objects.filter(template="assigned").count()) == (ben, 1)


@pytest.mark.parametrize("section", ["", "nothing", "questions/none", "partners/0/costs", "../team", "x" * 200])
def test_a_section_that_is_not_there_is_assigned_to_nobody(bid, applicant, section):
    with pytest.raises(Refused, match="no such section"):
        deeds.assign(bid=bid, section=section, person=applicant, by=applicant, at=NOW)


def test_a_section_is_not_assigned_to_who_cannot_change_it(bid, applicant, ben, trust, trust_person):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    give(bid, ben, "viewer", applicant)
    for who in (ben, trust_person):
        with pytest.raises(Refused, match="cannot change this section"):
            deeds.assign(bid=bid, section="questions/summary", person=who, by=applicant, at=NOW)


def test_a_partner_shares_out_its_own_sections_only(bid, applicant, trust, trust_person):
    part = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    deeds.assign(bid=bid, section=f"partners/{part.pk}/costs", person=trust_person, by=trust_person, at=NOW)
    with pytest.raises(Refused, match="Only people of the lead"):
        deeds.assign(bid=bid, section="details", person=trust_person, by=trust_person, at=NOW)


def test_a_day_that_has_passed_is_no_day_to_be_done_by(bid, applicant):
    day = NOW.date() - dt.timedelta(days=1)
    with pytest.raises(Refused, match="has passed"):
        deeds.assign(bid=bid, section="details", person=applicant, by=applicant, at=NOW, due_on=day)


def test_a_section_can_be_nobodys_again(bid, applicant, ben):
    deeds.assign(bid=bid, section="details", person=ben, by=applicant, at=NOW)
    deeds.unassign(bid=bid, section="details", by=applicant, at=NOW)
    assert team.assignments(bid) == {}


# Presence


def test_who_opened_a_section_is_seen_by_others_for_two_minutes(bid, applicant, ben):
    deeds.touch(bid=bid, section="details", by=ben, at=NOW)
    seen = [team.present(bid, NOW + dt.timedelta(seconds=s), but=applicant) for s in (0, 119, 120)]
    assert seen == [{"details": [ben]}, {"details": [ben]}, {}]
    assert team.present(bid, NOW, but=ben) == {}


def test_noting_a_presence_takes_one_query_and_one_row(bid, ben, django_assert_num_queries):
    for minute in range(2):
        with django_assert_num_queries(1):
            deeds.touch(bid=bid, section="details", by=ben, at=NOW + dt.timedelta(minutes=minute))
    assert Presence.objects.get().at == NOW + dt.timedelta(minutes=1)


# Rules


@pytest.mark.parametrize(
    ("acts_for", "role", "edits", "edits_own_part", "edits_other_part"),
    [
        ({1}, "lead", True, True, True),
        ({1}, "editor", True, True, True),
        ({1}, "finance", False, True, False),
        ({1}, "viewer", False, False, False),
        ({1}, "removed", False, False, False),
        ({2}, "editor", False, False, True),
        ({2}, "finance", False, False, True),
        ({2}, "viewer", False, False, False),
        (set(), "lead", False, False, False),
    ],
)
def test_who_may_change_what(acts_for, role, edits, edits_own_part, edits_other_part):
    assert rules.may_edit(1, acts_for, role) is edits
    assert rules.may_edit_part(1, 1, acts_for, role) is edits_own_part
    assert rules.may_edit_part(1, 2, acts_for, role) is edits_other_part


def test_the_search_for_partners_can_be_assigned_and_waits_until_one_is_found(bid, applicant, ben, trust):
    deeds.assign(bid=bid, section="partners", person=ben, by=applicant, at=NOW)
    assert [task.what for task in desk.tasks(ben, overview.mine(ben), NOW)] == ["Partners"]
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert desk.tasks(ben, overview.mine(ben), NOW) == []


def test_earlier_aid_is_a_section_where_the_regime_limits_it(bid):
    part = bid.partners.get()
    assert f"partners/{part.pk}/aid" not in team.sections_of(bid)
    type(bid.competition.regime).objects.update(aid_limit=315_000, aid_currency="GBP")
    assert team.sections_of(bid)[f"partners/{part.pk}/aid"] == f"Earlier aid of {part.organisation}"
