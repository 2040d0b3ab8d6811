"""The bank's report settles instalments as it settles claims: paid, returned, or told why not; never twice."""

import pytest

from accounts.actions import grant_role
from accounts.models import Message, User
from accounts.rules import Refused
from accounts.states import Role
from ahsn import queries
from ahsn.models import Release
from audit.models import Event
from awards.actions.bank_reports import import_report
from awards.models import BankReport
from funds import watchdog
from funds.models import LedgerEntry
from tests.cast import NOW, person
from tests.cast_networks import FO, accepted, made, paid, proposed
from tests.cast_runs import report
from tests.signing_in import signed_in

ID = "MFN0-2026-27-1"


@pytest.fixture
def out(due, lead, fund_manager, account, payer, finance_officer, second_finance) -> Release:
    """The release of an instalment, of which the bank is silent."""
    accepted(due, lead, fund_manager)
    made(proposed(due, second_finance), finance_officer)
    return Release.objects.get()


def said(*lines: str, by: User) -> list[tuple[str, str]]:
    """Take in a report; return what each line did, and the state of the newest release."""
    kept = report(*lines, by=by, at=NOW)
    return [(line.outcome, Release.objects.latest("pk").state) for line in kept.lines.all()]


def kinds() -> list[str]:
    """Return what the ledger says of releases; all counters and the bank agree."""
    assert (watchdog.differences(), queries.reconciled().difference) == ([], 0)
    return list(LedgerEntry.objects.filter(reference__startswith="MFN-").order_by("pk").values_list("kind", flat=True))


def test_a_line_that_says_paid_pays_it_and_tells_the_network(out, finance_officer, lead):
    assert said(f"{ID},paid,,12496.89", by=finance_officer) == [("paid", "paid")]
    assert (kinds(), Release.objects.get().settled_at) == (["instructed", "paid"], NOW)
    letter = Message.objects.get(to=lead, template="instalment_paid")
    assert [word in letter.body for word in (ID, "£12,496.89")] == [True, True]


def test_one_that_is_returned_is_released_again_by_two_people(out, due, finance_officer, second_finance, lead):
    assert said(f"{ID},returned,AC04 closed,", by=finance_officer) == [("returned", "returned")]
    assert "AC04 closed" in Message.objects.get(to=lead, template="instalment_returned").body
    again = proposed(due, finance_officer)
    with pytest.raises(Refused, match="somebody else"):
        made(again, finance_officer)
    made(again, second_finance)
    assert said(f"{ID},paid,,", by=finance_officer) == [("paid", "paid")]
    assert kinds() == ["instructed", "returned", "instructed", "paid"]


def test_one_that_was_paid_and_comes_back_is_recovered(out, finance_officer):
    said(f"{ID},paid,,", by=finance_officer)
    assert said(f"{ID},returned,,", by=finance_officer) == [("returned", "returned")]
    assert (kinds()[-1], Release.objects.get().reason) == ("recovered", "The bank gave no reason.")


def test_the_same_report_twice_changes_nothing(out, finance_officer, second_finance):
    line = f"{ID},paid,,"
    first = report(line, by=finance_officer, at=NOW)
    events = Event.objects.count()
    assert (report(line, by=second_finance, at=NOW), BankReport.objects.count(), Event.objects.count()) == (
        first, 1, events,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "outcome", "told"),
    [
        (f"{ID},paid,,12496.88", "refused", "The amount is not the one that was instructed."),
        (f"{ID},acsp,,", "no_change", ""),
        ("MFN0-2026-27-2,paid,,", "unknown", "No payment that was instructed has this id."),
        ("MFN-000001,paid,,", "unknown", "No payment that was instructed has this id."),
    ],
)
def test_a_line_that_does_not_fit_is_told_and_changes_nothing(out, finance_officer, line, outcome, told):
    found = report(line, by=finance_officer, at=NOW).lines.get()
    assert (found.outcome, found.told, kinds()) == (outcome, told, ["instructed"])


def test_of_two_lines_on_one_instalment_the_first_counts(out, finance_officer):
    assert said(f"{ID},paid,,", f"{ID},returned,,", by=finance_officer) == [("paid", "paid"), ("refused", "paid")]


def test_what_was_written_down_by_hand_is_nothing_new(out, finance_officer):
    paid(out, finance_officer)
    assert said(f"{ID},paid,,", by=finance_officer) == [("no_change", "paid")]


def test_one_that_is_only_put_forward_is_unknown(due, lead, fund_manager, account, payer, finance_officer):
    accepted(due, lead, fund_manager)
    proposed(due, finance_officer)
    assert said(f"{ID},paid,,", by=finance_officer) == [("unknown", "proposed")]


def of_bank(told: str, message: str) -> bytes:
    """Return a pain.002 report on a file of ours."""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>'
        f"<OrgnlMsgId>{message}</OrgnlMsgId><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts>{told}</CstmrPmtStsRpt></Document>"
    ).encode()


OF_ONE = (
    "<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlInstrId>MFN0-2026-27-1-A1</OrgnlInstrId><OrgnlEndToEndId>MFN0-2026-27-1"
    "</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>"
)


@pytest.mark.parametrize("told", [OF_ONE, ""], ids=["one payment", "the whole file"])
def test_the_banks_own_report_settles_it(out, finance_officer, told):
    data = of_bank(told, out.file.reference)
    kept = import_report(name="a.xml", data=data, by=finance_officer, role=FO, at=NOW)
    line = kept.lines.get()
    assert (line.outcome, line.about, kinds()) == ("paid", "N0-2026-27-1", ["instructed", "paid"])


def test_who_belongs_to_the_network_takes_in_no_report_on_it(out, network, department):
    both = person(FO, department)
    grant_role(user=both, organisation=network, role=Role.MONITORING_OFFICER, by=None, at=NOW)
    with pytest.raises(Refused, match="colleague"):
        said(f"{ID},paid,,", by=User.objects.get(pk=both.pk))


def test_the_page_of_a_report_opens_the_instalment(out, finance_officer):
    kept = report("MFX,paid,,", f"{ID},paid,,", by=finance_officer, at=NOW)
    text = signed_in(finance_officer).get(f"/payments/reports/{kept.pk}/").content.decode()
    assert ['href="/networks/returns/N0-2026-27-1/"' in text, "Unknown to us" in text] == [True, True]
