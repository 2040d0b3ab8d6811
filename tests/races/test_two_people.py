"""What takes two people: not its maker, not one person twice from several sessions, not after an edit, not by SQL."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from ahsn import actions as networks
from ahsn.models import Allocation, Instalment, Network, NetworkReturn, Release
from awards import actions, profiles
from awards.actions import approving, profiling, recovering, reducing, releasing, runs, variations
from awards.models import Award, Claim, CostReduction, LetterRequest, PaymentRun, Recovery, SpendLine, Underspend
from awards.models import Variation as Change
from bids.models import CostLine
from funds import actions as money
from funds import watchdog
from funds.models import Approval, LedgerEntry, Proposal, Stream
from tests.cast import NOW
from tests.cast_awards import LINES, QUARTER_OVER, draft_claim, line, other, settle, won_bid
from tests.cast_networks import YEAR, account, exchanges, lead, other_network, proposed, saved
from tests.cast_runs import payer, report, second_finance
from tests.races.racing import at_once, refused

__all__ = ["account", "exchanges", "lead", "other_network", "payer", "second_finance"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FM, FO, MO = Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.MONITORING_OFFICER
BY_MAKER = "cannot approve it"
UNAPPROVED, NEEDS_TWO = "without the approval", "needs a second person's approval"

# Modules that put something forward for a second person: those attacked here, and those of test_competitions,
# and the decision's in tests/assessments/test_panel and test_database.
HERE = {"approving", "claims", "envelopes", "letters", "money", "profiling", "recovering", "reducing", "releases",
        "releasing", "returns", "runs", "sharing", "variations"}  # fmt: skip
ELSEWHERE = {"publication", "deadline", "decisions"}


@dataclass(frozen=True)
class Deed:
    """A step that a second person takes on the newest proposal of a kind.

    Attributes:
        take: the step; it takes `by`, and `seen` where the page says what was read.
        bypass: a statement that would do without the step, and how PostgreSQL refuses it.
        edit: a statement that would change what was put forward; none where `seen` guards it.
    """

    kind: str
    take: Callable[..., Any]
    second: User
    bypass: tuple[str, str] = ("", "")
    edit: tuple[str, str] = ("", "")
    step: str = "approve"


def told_by_the_database(statement: str) -> str:
    """Return why PostgreSQL refuses a statement of the web's role."""
    with pytest.raises((IntegrityError, ProgrammingError)) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(told.value)


def approval(proposal: Proposal, by: User, step: str) -> str:
    """Return a statement that approves a step."""
    return (
        "INSERT INTO funds_approval (proposal_id, step, by_id, role, at)"
        f" VALUES ({proposal.pk}, '{step}', {by.pk}, 'x', now())"
    )


def attack(deed: Deed) -> None:
    """Try everything that must fail, then let the second person press three times at once beside the maker."""
    proposal = Proposal.objects.filter(kind=deed.kind).latest("id")
    for statement, why in (deed.bypass, deed.edit):
        assert not statement or why in told_by_the_database(statement)
    assert BY_MAKER in told_by_the_database(approval(proposal, proposal.by, deed.step))
    if not deed.edit[0]:
        with pytest.raises(Refused, match="changed since"):
            deed.take(by=deed.second, seen="0" * 64)
    mine = {} if deed.edit[0] else {"seen": proposal.content_sha256}
    press = partial(deed.take, by=deed.second, **mine)
    answers = at_once([press, partial(deed.take, by=proposal.by, **mine), press, press])
    assert len(refused(answers)) < len(answers), (deed.kind, answers)
    assert isinstance(answers[1], Refused), deed.kind
    given = Approval.objects.filter(proposal=proposal)
    assert list(given.filter(step=deed.step).values_list("by", flat=True)) == [deed.second.pk], deed.kind
    assert "once" in told_by_the_database(approval(proposal, deed.second, "another"))
    assert watchdog.differences() == []


def test_whatever_is_put_forward_is_attacked():
    sources = settings.BASE_DIR.glob("*/actions/*.py")
    assert {path.stem for path in sources if "approvals.propose(" in path.read_text()} == HERE | ELSEWHERE


def test_on_the_way_to_a_letter(competition, sme, people, monkeypatch):
    bid = won_bid(competition, sme, people.applicant, lines=[*LINES[:2], other(9_000)])
    manager, facts = {"by": people.fund_manager, "role": FM, "at": NOW}, {"role": FM, "at": NOW}
    award = actions.offer(bid=bid, **manager)
    where = {"award": award, "organisation": sme.pk}

    last = CostLine.objects.get(description="Field trial")
    reducing.propose_reduction(to={last.pk: Decimal(0)}, reason="Bought before.", **where, **manager)
    rows = "awards_costreduction (award_id, organisation_id, proposal_id, line_id, category, was, now, reason, at)"
    bypass = (f"INSERT INTO {rows} SELECT {award.pk}, {sme.pk}, max(id), {last.pk}, 'other', 2, 1, 'x', now()"
              " FROM funds_proposal", NEEDS_TWO)  # fmt: skip
    attack(Deed("eligibility", partial(reducing.approve_reduction, **where, **facts), people.second_manager, bypass))
    assert CostReduction.objects.count() == 1

    months = profiles.table(Award.objects.get(), award.partners.get())
    cells = {(months.months[1], category): pence for category, pence in months.due.items()}
    profiling.propose_profile(cells=cells, by=people.applicant, at=NOW, **where)
    bypass = ("UPDATE awards_spendline SET pence = pence + 1; SET CONSTRAINTS ALL IMMEDIATE", "not equal to its grant")
    attack(Deed("profile", partial(profiling.approve_profile, **where, **facts), people.fund_manager, bypass))
    assert SpendLine.objects.count() == len(cells)

    monkeypatch.setattr(approving, "APPROVED_ABOVE_PENCE", 100)
    approving.propose_large_award(award=award, reason="Ranked first.", **manager)
    attack(Deed("large_award", partial(approving.approve_large_award, award=award, **facts), people.second_manager))

    actions.propose_letter(award=settle(award, people), **manager)
    bypass = ("UPDATE awards_award SET state = 'letter_issued'", UNAPPROVED)
    attack(Deed("letter", partial(actions.issue_letter, award=award, **facts), people.second_manager, bypass))
    assert LetterRequest.objects.count() == 1


def test_on_the_way_of_a_claim(live_award, people, payer, second_finance):
    claim = draft_claim(live_award, people, line(1_000_000))
    actions.submit_claim(claim=claim, by=people.applicant, at=QUARTER_OVER)
    at = {"at": QUARTER_OVER}
    for step, state, second, role, take in (
        ("review", "reviewed", people.monitoring_officer, MO, actions.review_claim),
        ("approve", "approved", people.fund_manager, FM, actions.approve_claim),
    ):
        bypass = (f"UPDATE awards_claim SET state = '{state}'", UNAPPROVED)
        attack(Deed("claim", partial(take, claim=claim, role=role, **at), second, bypass, step=step))

    run = runs.propose_run(claims=[Claim.objects.get()], pay_on=QUARTER_OVER.date(), by=second_finance, role=FO, **at)
    bypass = ("UPDATE awards_paymentrun SET state = 'made', ended_by_id = proposed_by_id, ended_at = now()", UNAPPROVED)
    edit = ("UPDATE awards_paymentrun SET pence = pence + 1", "cannot be changed")
    attack(Deed("run", partial(runs.make_run, run=run, role=FO, **at), people.finance_officer, bypass, edit))
    assert (PaymentRun.objects.get().state, LedgerEntry.objects.filter(kind="instructed").count()) == ("made", 1)

    report(f"MF{claim.reference},paid,,", by=people.finance_officer)
    manager = {"by": people.fund_manager, "role": FM, "reason": "?", **at}
    due = recovering.propose_recovery(claim=claim, kind="clawback", pence=100, **manager)
    bypass = ("UPDATE awards_recovery SET state = 'demanded'", UNAPPROVED)
    edit = ("UPDATE awards_recovery SET pence = pence + 1", "cannot be changed")
    take = partial(recovering.demand_recovery, recovery=due, role=FM, **at)
    attack(Deed("recovery", take, people.second_manager, bypass, edit))
    assert Recovery.objects.get().state == "demanded"

    left = releasing.propose_underspend(part=live_award.partners.get(), year="2027-28", pence=100, **manager)
    bypass = ("UPDATE awards_underspend SET state = 'released'", UNAPPROVED)
    edit = ("UPDATE awards_underspend SET pence = pence + 1", "cannot be changed")
    take = partial(releasing.release_underspend, underspend=left, role=FM, **at)
    attack(Deed("underspend", take, people.second_manager, bypass, edit))
    assert Underspend.objects.get().state == "released"

    later = variations.propose_time(award=live_award, ends_on=dt.date(2028, 8, 31), **manager)
    bypass = ("UPDATE awards_variation SET state = 'agreed'", "needs a second person")
    edit = ("UPDATE awards_variation SET after = before", "cannot be changed")
    take = partial(variations.agree_variation, variation=later, role=FM, **at)
    attack(Deed("variation", take, people.second_manager, bypass, edit))
    assert Change.objects.get().state == "agreed"


def test_on_the_way_of_the_networks_money(
    exchanges, network, other_network, lead, account, payer, fund_manager, second_manager, finance_officer,
    second_finance,
):  # fmt: skip
    year, at = {"stream": exchanges, "year": YEAR}, {"at": NOW}
    budget = {"year": YEAR, "stream": exchanges, "pence": 500, "reason": "Budget"}
    money.propose_appropriation(by=fund_manager, role=FM, **budget, **at)
    attack(Deed("appropriation", by_digest(money.approve_appropriation, role=FM, **year, **at), second_manager,
                entry("appropriation", exchanges, YEAR)))  # fmt: skip

    for number, body in enumerate((network, other_network)):
        Network.objects.create(organisation=body, acronym=f"N{number}", successor="", population_thousands=1000)
    networks.propose_allocations(pence=10_000_003, by=fund_manager, role=FM, **year, **at)
    rows = "ahsn_allocation (network_id, envelope_id, proposal_id, year, core_pence, population_pence, pence,"
    bypass = (f"INSERT INTO {rows} allocated_at) SELECT n.id, e.id, p.id, '{YEAR}', 1, 0, 1, now() FROM ahsn_network n,"
              " funds_envelope e, funds_proposal p WHERE p.kind = 'shares' LIMIT 1", NEEDS_TWO)  # fmt: skip
    edit = ("UPDATE funds_proposal SET content = '{}'", "permission denied")
    attack(Deed("shares", partial(networks.approve_allocations, role=FM, **year, **at), second_manager, bypass, edit))
    assert Allocation.objects.count() == 2

    due = Instalment.objects.order_by("pk").first()
    saved(due, lead)
    networks.submit_return(instalment=due, by=lead, role=Role.AHSN_LEAD, at=NOW)
    bypass = ("UPDATE ahsn_networkreturn SET state = 'accepted', decided_by_id = signed_by_id, decided_at = now()",
              UNAPPROVED)  # fmt: skip
    edit = ("UPDATE ahsn_networkreturn SET staff_pence = 1", "cannot be changed")
    take = partial(networks.accept_return, network_return=NetworkReturn.objects.get(), role=FM, **at)
    attack(Deed("return", take, second_manager, bypass, edit))

    release = proposed(due, second_finance)
    bypass = ("UPDATE ahsn_release SET state = 'instructed'", UNAPPROVED)
    edit = ("UPDATE ahsn_release SET pence = pence + 1", "cannot be changed")
    take = partial(networks.make_releases, releases=[release], role=FO, **at)
    attack(Deed("release", take, finance_officer, bypass, edit))
    assert (Release.objects.get().state, LedgerEntry.objects.filter(kind="instructed").count()) == ("instructed", 1)


def test_on_the_way_of_a_competition_s_money(competition, fund_manager, second_manager):
    facts = {"competition": competition, "role": FM, "at": NOW}
    money.propose_allocation(pence=500, reason="More", by=fund_manager, **facts)
    take = by_digest(money.approve_allocation, **facts)
    attack(Deed("allocation", take, second_manager, entry("allocated", competition.stream, pot=competition.pot_id)))


def by_digest(action: Callable[..., Any], **facts: Any) -> Callable[..., Any]:
    """Return an action that calls `sha256` what others call `seen`."""
    return lambda by, seen: action(by=by, sha256=seen, **facts)


def entry(kind: str, stream: Stream, year: str = "", pot: object = "NULL") -> tuple[str, str]:
    """Return a statement that moves a cap on the newest proposal, and how it is refused."""
    rows = "funds_ledgerentry (kind, reference, pence, stream_id, year, pot_id, proposal_id, reason, at)"
    facts = f"'{kind}', 'x', 500, {stream.pk}, '{year}', {pot}, max(id), '', now()"
    return f"INSERT INTO {rows} SELECT {facts} FROM funds_proposal", NEEDS_TWO
