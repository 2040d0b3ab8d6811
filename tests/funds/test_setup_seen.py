"""Two officials in one part of a competition: nobody writes over what they have not read."""

import re
from html import unescape

import pytest

from accounts.states import Role
from funds import actions
from funds.models import Competition, Question
from funds.parts import FIELDS, Part
from funds.seen import Outdated, key_of
from tests.cast import NOW
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SEEN = re.compile(r'name="seen" value="(\w+)"')
CONSORTIUM = {"non_business_share_percent": "30", "bids_per_business": "6", "leads_per_business": "2"}


@pytest.fixture
def page(draft, second_manager):
    """Return a function that opens a page of the competition as the second manager: its text, or what follows."""
    client = signed_in(second_manager)

    def ask(path: str, **typed) -> str:
        address = f"/competitions/{draft.reference}/setup/{path}"
        return unescape((client.post(address, typed) if typed else client.get(address)).content.decode())

    return ask


def save_consortium(competition, fund_manager, share: int) -> None:
    fields = {name: getattr(competition, name) for name in FIELDS[Part.CONSORTIUM]}
    actions.save_part(
        competition=competition, part=Part.CONSORTIUM, fields=fields | {"non_business_share_percent": share},
        is_complete=False, by=fund_manager, role=Role.FUND_MANAGER, at=NOW,
    )  # fmt: skip


def test_who_saves_a_part_second_sees_both_and_loses_nothing(draft, page, fund_manager):
    seen = SEEN.search(page("consortium"))[1]
    save_consortium(draft, fund_manager, 15)
    shown = page("consortium", **CONSORTIUM | {"bids_per_business": "4"}, seen=seen)
    assert "At most 15% of costs" in shown
    assert 'name="bids_per_business" type="text" value="4"' in shown
    assert Competition.objects.get(pk=draft.pk).non_business_share_percent == 15


def test_after_comparing_the_second_save_stands(draft, page, fund_manager):
    seen = SEEN.search(page("consortium"))[1]
    save_consortium(draft, fund_manager, 15)
    again = SEEN.search(page("consortium", **CONSORTIUM, seen=seen))[1]
    assert page("consortium", **CONSORTIUM, seen=again) == ""
    assert Competition.objects.get(pk=draft.pk).non_business_share_percent == 30


def test_the_same_saved_by_both_is_no_conflict(draft, page, fund_manager):
    seen = SEEN.search(page("consortium"))[1]
    save_consortium(draft, fund_manager, 30)
    assert page("consortium", **CONSORTIUM, seen=seen) == ""


@pytest.mark.parametrize("part", [part.value for part in FIELDS])
def test_each_part_knows_what_its_writer_has_read(draft, page, part):
    assert SEEN.search(page(part))[1] == key_of(Competition.objects.get(pk=draft.pk), FIELDS[part])


def test_who_saves_a_question_second_sees_both(draft, page, fund_manager):
    question = draft.questions.first()
    typed = {"heading": "Mine", "text": "What?", "word_limit": "300"}
    seen = SEEN.search(page(f"questions/{question.pk}"))[1]
    Question.objects.filter(pk=question.pk).update(word_limit=777)
    shown = page(f"questions/{question.pk}", **typed, seen=seen)
    assert "What somebody else has saved" in shown
    assert "777" in shown
    assert Question.objects.get(pk=question.pk).word_limit == 777


def test_an_action_with_what_was_read_refuses_an_outdated_row(draft, fund_manager):
    strand = draft.strands.first()
    who = {"competition": draft, "by": fund_manager, "role": Role.FUND_MANAGER, "at": NOW}
    with pytest.raises(Outdated):
        actions.save_row(part=Part.STRANDS, key=strand.pk, fields={"title": "Other"}, seen="0" * 16, **who)
