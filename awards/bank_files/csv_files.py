"""The run as CSV for finance systems."""

from awards.bank_files.transfers import Batch, decimal, plain
from infra.exports import csv_lines

HEAD = (
    "run", "pay_on", "instruction_id", "end_to_end_id", "payee", "sort_code", "account_number", "amount_gbp",
    "reference",
)  # fmt: skip


def write(batch: Batch) -> bytes:
    """Return the payments of a batch as CSV in UTF-8, a line each."""
    rows = (
        (batch.reference, batch.pay_on.isoformat(), t.instruction_id, t.end_to_end_id, plain(t.to.name, 70),
         t.to.sort_code, t.to.number, decimal(t.pence), plain(t.about, 140))
        for t in batch.transfers
    )  # fmt: skip
    return "".join(csv_lines(HEAD, rows)).encode()
