"""Deeds about the networks: share a year's money out, report on it, and release it in instalments."""

from ahsn.actions.releases import cancel_release, make_releases, propose_releases
from ahsn.actions.returns import accept_return, save_return, send_return_back, submit_return
from ahsn.actions.settling import pay_release, return_release
from ahsn.actions.sharing import approve_allocations, propose_allocations

__all__ = [
    "accept_return", "approve_allocations", "cancel_release", "make_releases", "pay_release", "propose_allocations",
    "propose_releases", "return_release", "save_return", "send_return_back", "submit_return",
]  # fmt: skip
