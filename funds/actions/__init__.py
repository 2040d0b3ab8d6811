"""Deeds of the officials who set up streams and competitions."""

from funds.actions.money import (
    approve_allocation,
    approve_appropriation,
    propose_allocation,
    propose_appropriation,
)
from funds.actions.publication import propose_publication, publish, send_publication_back

__all__ = [
    "approve_allocation",
    "approve_appropriation",
    "propose_allocation",
    "propose_appropriation",
    "propose_publication",
    "publish",
    "send_publication_back",
]
