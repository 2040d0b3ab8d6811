"""Competitions of the other streams, set up from their templates by two people, and what changed in the open round."""

import datetime as dt
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from accounts.states import Role
from funds import actions
from funds.actions.saving import save_competition
from funds.instants import uk_day, uk_instant
from funds.models import Competition, Proposal, Stream, SubsidyRegime
from funds.parts import MARKED, Part
from funds.starters import STARTERS
from funds.states import ChangeKind
from infra.demo.dates import tuesday
from infra.demo.people import People

FM = Role.FUND_MANAGER
MILLION = 100_000_000
DAY = dt.timedelta(days=1)
NOON = dt.time(12)
LESS_TIME = "The guidance on match funding came out a week after the round had opened."
MORE_MONEY = "Three more regions have asked to take part."


def test_bed(people: People, stream: Stream, now: dt.datetime) -> Competition:
    """Return an open competition for real-world testing, under the law of today, with its limit on earlier aid."""
    title = "Real-world testing of medicines and devices: round 1"
    made = _from_template(people, stream, "RWT-1", title, now, "subsidy_control_2022")
    save_competition(competition=made, by=people.applicants[people.companies[0].pk], at=now - 8 * DAY)
    return made


def integration(people: People, stream: Stream, now: dt.datetime) -> Competition:
    """Return an open competition of the Pathway Transformation Fund, for NHS organisations."""
    return _from_template(people, stream, "PTF-1", "Pathway Transformation Fund: round 1", now, "no_subsidy")


@transaction.atomic
def _from_template(
    people: People, stream: Stream, reference: str, title: str, now: dt.datetime, regime: str
) -> Competition:
    """Set a competition up part by part, give it £1m, put it forward and publish it, once; it closes in five weeks."""
    if found := Competition.objects.filter(reference=reference).first():
        return found
    maker, second = people.managers
    at = now - 25 * DAY
    facts: dict[str, Any] = {"by": maker, "role": FM, "at": at}
    made = actions.set_up(stream=stream, starter=STARTERS[stream.code], reference=reference, title=title, **facts)
    closes_on = tuesday(uk_day(now) + 35 * DAY)
    dates = {
        "opens_at": uk_instant(uk_day(now) - 20 * DAY, dt.time(9)), "closes_at": uk_instant(closes_on, NOON),
        "grace_seconds": 120, "briefing_on": uk_day(now) + 7 * DAY, "assess_by": closes_on + 28 * DAY,
        "panel_on": closes_on + 42 * DAY, "notify_on": closes_on + 49 * DAY,
        "start_by": closes_on.replace(day=1) + relativedelta(months=6),
    }  # fmt: skip
    actions.save_part(competition=made, part=Part.DATES, fields=dates, is_complete=True, **facts)
    subsidy = {"regime": SubsidyRegime.objects.get(pk=regime), "max_percent": made.max_percent}
    actions.save_part(competition=made, part=Part.SUBSIDY, fields=subsidy, is_complete=True, **facts)
    for part in MARKED:
        actions.mark_part(competition=made, part=part, is_complete=True, **facts)
    pot: dict[str, Any] = {"competition": made, "role": FM, "at": at + DAY}
    actions.propose_allocation(pence=MILLION, reason=f"The pot of {reference}", by=maker, **pot)
    actions.approve_allocation(by=second, **pot)
    read = actions.propose_publication(by=maker, **pot)
    return actions.publish(by=second, sha256=read.content_sha256, **pot)


@transaction.atomic
def change(competition: Competition, people: People, now: dt.datetime) -> None:
    """Correct an open competition and give it a week more, on two people's word, once."""
    maker, second = people.managers
    facts: dict[str, Any] = {"competition": competition, "role": FM}
    if not competition.changes.filter(kind=ChangeKind.CORRECTION).exists():
        question = competition.questions.get(slug="team")
        guidance = "Name the people who do the work, with their time on it. Recruits to come are named as such."
        reason = "Bidders asked whether people who have not been recruited yet can be named."
        actions.correct_question(
            question=question, word_limit=500, guidance=guidance, reason=reason, by=maker, at=now - 6 * DAY, **facts
        )
        note = "Costs before the first day of the project are not eligible, as the scope says."
        actions.clarify(note=note, by=maker, at=now - 5 * DAY, **facts)
    if not competition.changes.filter(kind=ChangeKind.DEADLINE).exists():
        closes = uk_instant(uk_day(competition.closes_at) + 7 * DAY, NOON)
        read = actions.propose_deadline(closes_at=closes, reason=LESS_TIME, by=maker, at=now - 4 * DAY, **facts)
        actions.approve_deadline(sha256=read.content_sha256, by=second, at=now - 3 * DAY, **facts)


@transaction.atomic
def ask_for_more(people: People, stream: Stream, year: str, now: dt.datetime) -> None:
    """Put more money for a stream forward, once; it waits for a second person."""
    if not Proposal.objects.filter(kind="appropriation", content__reason=MORE_MONEY).exists():
        actions.propose_appropriation(
            stream=stream, year=year, pence=MILLION // 2, reason=MORE_MONEY, by=people.managers[0], role=FM,
            at=now - DAY,
        )  # fmt: skip
