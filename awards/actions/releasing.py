"""Release grant that a partner will not spend, before the award is completed: one proposes, another agrees."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from audit.record import digest, record
from awards import rules, underspends, varying
from awards.actions.freeing import offer_to_reserve
from awards.actions.locks import act_for_government, hold_award, hold_stream, move
from awards.actions.profiling import write_profile
from awards.actions.variations import REASON
from awards.models import Award, AwardPartner, SpendLine, Underspend
from awards.officials import tell_second_person
from awards.spend import Cell
from awards.states import UNDER_WAY, UnderspendState
from bids import team
from funds import approvals, ledger
from funds.models import Proposal
from funds.money import pounds
from funds.states import EntryKind

KIND = "underspend"


@transaction.atomic
def propose_underspend(
    *, part: AwardPartner, year: str, pence: int, reason: str, by: User, role: str, at: dt.datetime
) -> Underspend:
    """Put forward that a partner will not spend part of its grant; nothing moves until another fund manager agrees.

    Args:
        year: financial year whose commitment falls.

    Raises:
        Refused: less than that is left, of the partner or of the year, or another release of the partner waits.
    """
    award, part = _held(part, by, role)
    if waiting := part.underspends.filter(state=UnderspendState.PROPOSED).first():
        raise Refused(f"Release {waiting.reference} waits for a second person: agree to it or drop it first.")
    _must_be_left(part, year, pence)
    number = Underspend.objects.filter(part__award=award).count() + 1
    made = Underspend(
        reference=f"{award.reference}-U{number}", part=part, year=year, pence=pence,
        reason=rules.kept(reason, REASON), by=by, at=at,
    )  # fmt: skip
    content = _content(made)
    made.content_sha256 = digest(content)
    made.save(force_insert=True)
    approvals.propose(kind=KIND, reference=made.reference, content=content, by=by, role=role, at=at)
    what = f"releasing {pounds(pence)} of award {award.reference}, which {part.organisation} will not spend"
    tell_second_person(award, what, roles=rules.OFFERS, maker=by, key=f"{KIND}.proposed/{made.reference}", at=at)
    return made


@transaction.atomic
def release_underspend(*, underspend: Underspend, by: User, role: str, at: dt.datetime) -> Underspend:
    """Agree as the second fund manager: the commitment and the plan fall, and the reserve list is offered the money.

    Raises:
        Refused: the maker agrees, or a claim has come in the meantime and less is left.
    """
    award, part = _held(underspend.part, by, role)
    held = Underspend.objects.select_for_update(no_key=True).get(pk=underspend.pk)
    approvals.approve(proposal=_proposal(held), by=by, role=role, at=at)
    _must_be_left(part, held.year, held.pence)
    changes = move(held.release)
    held.save(update_fields=["state"])
    cells = [Cell(*row) for row in _lines(part).values_list("month", "category", "pence")]
    write_profile(award, part, varying.cut(cells, held.pence, held.year))
    competition = award.bid.competition
    hold_stream(competition.stream)
    ledger.post(
        kind=EntryKind.RELEASED, reference=held.reference, pence=held.pence, year=held.year,
        stream=competition.stream, pot=competition.pot, award=award.envelope, reason="underspend", by=by, role=role,
        at=at,
    )  # fmt: skip
    facts = {"state": changes, "pence": held.pence, "year": held.year, "sha256": held.content_sha256}
    record("underspend.released", held, by=by, role=role, at=at, changes=facts)
    _tell(award, part, held, at)
    offer_to_reserve(award, reference=held.reference, pence=held.pence, by=by)
    return held


@transaction.atomic
def drop_underspend(*, underspend: Underspend, by: User, role: str, at: dt.datetime) -> Underspend:
    """Leave the grant as it is."""
    _held(underspend.part, by, role)
    held = Underspend.objects.select_for_update(no_key=True).get(pk=underspend.pk)
    changes = move(held.drop)
    held.save(update_fields=["state"])
    record("underspend.dropped", held, by=by, role=role, at=at, changes={"state": changes})
    return held


def _held(part: AwardPartner, by: User, role: str) -> tuple[Award, AwardPartner]:
    award = hold_award(part.award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    if award.state not in UNDER_WAY:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: nothing is released from it.")
    held = award.partners.select_related("organisation").get(pk=part.pk)
    held.award = award
    return award, held


def _must_be_left(part: AwardPartner, year: str, pence: int) -> None:
    left = underspends.left_by_year(part).get(year, 0)
    if not 0 < pence <= left:
        raise Refused(f"{pounds(left)} of {year} can be released for {part.organisation}: enter that or less.")


def _lines(part: AwardPartner) -> Any:
    return SpendLine.objects.filter(award=part.award_id, organisation=part.organisation_id)


def _content(underspend: Underspend) -> dict[str, Any]:
    return {
        "underspend": underspend.reference,
        "part": underspend.part_id,
        "year": underspend.year,
        "pence": underspend.pence,
        "reason": underspend.reason,
    }


def _proposal(underspend: Underspend) -> Proposal:
    latest = approvals.newest(KIND, underspend.reference)
    if latest is None:
        raise Refused("Nobody has put this release forward.")
    return latest


def _tell(award: Award, part: AwardPartner, underspend: Underspend, at: dt.datetime) -> None:
    key, path = f"underspend.released/{underspend.reference}", f"/awards/{award.reference}/"
    facts = {"award": award, "part": part, "underspend": underspend, "left": underspends.left_of(part)}
    concerned = {part.organisation_id, award.bid.lead_id}
    people = [member.user for member in team.people(award.bid) if member.organisation.pk in concerned]
    tell_all((Letter("underspend_released", user, key, path, facts) for user in people), at=at)
