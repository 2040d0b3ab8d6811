"""The auditor's pack holds every instalment and release, and no word of a return."""

from ahsn.audit_parts import parts
from tests.cast_networks import accepted, made, proposed, signed


def test_instalments_and_releases_with_their_hashes(
    shared_out, lead, fund_manager, account, payer, finance_officer, second_finance
):
    accepted(shared_out[0], lead, fund_manager)
    file = made(proposed(shared_out[0], second_finance), finance_officer)
    signed(shared_out[1], lead, done="Zyzzyva")
    found = {name: list(rows) for name, rows in parts()}
    first, release = found["instalments.jsonl"][0], found["releases.jsonl"][0]
    assert (len(found["instalments.jsonl"]), first["reference"], first["state"]) == (10, "N0-2026-27-1", "accepted")
    assert (release["instalment_reference"], release["file_sha256"]) == ("N0-2026-27-1", file.sha256)
    assert "Zyzzyva" not in str(found)
