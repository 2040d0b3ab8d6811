"""What the networks' people and officials see and do on the pages."""

import pytest
from django.utils import timezone

from ahsn.models import NetworkReturn, Release
from funds.models import Proposal
from tests.asking import told
from tests.cast import NOW
from tests.cast_networks import FIGURES, TEXTS, YEAR, accepted, made, proposed, saved, signed
from tests.signing_in import signed_in

TYPED = {
    "staff_pence": "£10,000", "programmes_pence": "2500.50", "partners_pence": "0", "planned_pence": "15,000",
    "supported": "12", "adopted": "3", **TEXTS,
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def page(user, path: str) -> str:
    answer = signed_in(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_lead_writes_saves_signs_and_reads(due, lead):
    client, path = signed_in(lead), f"/networks/returns/{due.reference}/"
    assert client.post(path, TYPED | {"sign": "1"}).headers["Location"] == f"{path}sign"
    client.post(f"{path}sign", {"agree": "on"})
    found = NetworkReturn.objects.get()
    assert (found.state, found.staff_pence, found.programmes_pence) == ("submitted", 1_000_000, 250_050)
    assert TEXTS["done"] in page(lead, path)


def test_a_draft_takes_a_return_with_nothing_in_it(due, lead):
    signed_in(lead).post(f"/networks/returns/{due.reference}/", {})
    assert NetworkReturn.objects.get().state == "draft"


def test_nothing_is_signed_without_the_declaration(due, lead):
    saved(due, lead)
    answer = signed_in(lead).post(f"/networks/returns/{due.reference}/sign", {})
    assert "Tick the declaration" in answer.content.decode()


def test_what_was_typed_wrong_stays_beside_its_error(due, lead):
    answer = signed_in(lead).post(f"/networks/returns/{due.reference}/", TYPED | {"staff_pence": "lots"})
    assert ["lots" in answer.content.decode(), TEXTS["plan"] in answer.content.decode()] == [True, True]


def test_another_networks_return_is_not_to_be_known(due, other_lead):
    client = signed_in(other_lead)
    for path in (f"/networks/returns/{due.reference}/", f"/networks/returns/{due.reference}/sign"):
        assert [client.get(path).status_code, client.post(path, TYPED).status_code] == [404, 404]


def test_a_lead_sees_the_own_network_alone(shared_out, other_lead, lead):
    assert ["N0-" in page(user, "/networks/mine/") for user in (lead, other_lead)] == [True, False]


@pytest.mark.parametrize("state", ["draft", "sent_back"])
def test_officials_read_no_word_that_is_not_signed(due, lead, fund_manager, auditor, state):
    if state == "sent_back":
        signed(due, lead)
        path = f"/networks/returns/{due.reference}/send-back"
        assert signed_in(fund_manager).post(path, {"reason": "Why?"}).status_code == 302
    saved(due, lead, done="Zyzzyva", staff_pence=123_456_789)
    paths = [f"/networks/returns/{due.reference}/", "/networks/instalments.csv", "/networks/", "/networks/releases/"]
    for path in paths:
        answer = signed_in(auditor).get(path)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert [word in text for word in (b"Zyzzyva", b"1,234,567")] == [False, False]


def test_a_fund_manager_accepts_what_was_read(due, lead, fund_manager):
    found = signed(due, lead)
    path = f"/networks/returns/{due.reference}/"
    assert found.content_sha256 in page(fund_manager, path)
    for sha256, state in (("0" * 64, "submitted"), (found.content_sha256, "accepted")):
        signed_in(fund_manager).post(f"{path}accept", {"sha256": sha256})
        assert NetworkReturn.objects.get().state == state


def test_finance_puts_forward_and_a_second_officer_agrees(
    due, lead, fund_manager, account, payer, finance_officer, second_finance
):
    accepted(due, lead, fund_manager)
    signed_in(finance_officer).post("/networks/releases/propose", {"instalment": due.reference})
    release = Release.objects.get()
    sent = {"release": release.reference, f"sha256-{release.reference}": release.content_sha256}
    for by, state in ((finance_officer, "proposed"), (second_finance, "instructed")):
        signed_in(by).post("/networks/releases/make", sent)
        assert Release.objects.get().state == state
    file = signed_in(second_finance).get(f"/networks/files/{Release.objects.get().file.reference}.xml")
    assert file.content == bytes(Release.objects.get().file.content)
    signed_in(finance_officer).post(f"/networks/releases/{release.reference}/paid", {"bank_reference": "BACS 7"})
    assert "2 February 2027" in page(lead, "/networks/mine/")


def test_nothing_or_nonsense_chosen_is_told(shared_out, finance_officer):
    client = signed_in(finance_officer)
    for sent in ({}, {"release": "MFN-999999", "instalment": "X"}, {"release": "\x00", "instalment": "\x00"}):
        answers = [client.post(f"/networks/releases/{deed}", sent) for deed in ("propose", "make")]
        assert [told(answer)[-1][:19] for answer in answers] == ["Choose at least one"] * 2


def test_an_unknown_release_or_deed_is_not_there(shared_out, finance_officer):
    client = signed_in(finance_officer)
    paths = [f"/networks/releases/MFN-1/{deed}" for deed in ("paid", "returned", "cancel", "nonsense")]
    assert [client.get(path).status_code for path in paths] == [404] * 4


def test_each_total_opens_rows_that_make_it(shared_out, fund_manager):
    text = page(fund_manager, f"/networks/instalments?year={YEAR}&network=N0")
    assert ["£49,987.53" in text, "N1-2026-27-1" in text] == [True, False]


def test_the_csv_holds_what_is_listed(shared_out, auditor):
    answer = signed_in(auditor).get("/networks/instalments.csv?network=N1&number=1")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[1:] == [
        "N1-2026-27-1,Other Fictional AHSN,2026-27,1,2026-04-01,2026-06-30,2026-05-01,,,12503.13,Return overdue"
    ]


def test_a_filter_of_nonsense_lists_everything(shared_out, auditor):
    client = signed_in(auditor)
    for query in ("year=1999-00", "number=%00", "stands=x", "network=%F0%9F", "number=99999999999", "after=x"):
        assert client.get(f"/networks/instalments?{query}").status_code == 200


def test_two_fund_managers_share_a_year_out(exchanges, other_network, shared_out, fund_manager, second_manager):
    typed = {"year": "2027-28", "pounds": "1000", "core": "50", "instalments": "2", "days": "45"}
    signed_in(fund_manager).post("/networks/share", typed)
    path, sha256 = "/networks/shares/2027-28/", Proposal.objects.get(reference__endswith="2027-28", kind="shares")
    for by in (fund_manager, second_manager):
        signed_in(by).post(f"{path}approve", {"sha256": sha256.content_sha256})
    assert "N0-2027-28-2" in page(fund_manager, "/networks/instalments?year=2027-28")


def test_the_pages_of_money_plan_the_instalments(shared_out, auditor):
    text = page(auditor, "/money/planned/2027-01?stream=ahsn_allocation")
    assert ["£25,000" in text, "N0-2026-27-4" in text] == [True, True]
    assert "£100,000.03" in page(auditor, "/money/forecast?stream=ahsn_allocation")


def test_a_file_is_the_same_bytes_each_time(due, lead, fund_manager, account, payer, finance_officer, second_finance):
    accepted(due, lead, fund_manager)
    file = made(proposed(due, second_finance), finance_officer)
    client, path = signed_in(finance_officer), f"/networks/files/{file.reference}.xml"
    assert client.get(path).content == client.get(path).content


def test_figures_of_the_cast_are_whole():
    assert set(TYPED) == set(FIGURES) | set(TEXTS)
