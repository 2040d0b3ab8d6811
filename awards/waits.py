"""How many awards, claims, payments and pieces of match funding wait for a person's next step, for where they begin."""

from django.db.models import Q

from accounts.models import User
from accounts.states import Role
from awards import bank_queries, changes_waiting, letter_queue, match_queue, payable, queries
from awards.models import PaymentRun
from awards.rules import CLAIM_STEPS, ISSUES, OFFERS, PAYS, SETTLES
from awards.states import AwardState, ClaimState, LetterDeed, RunState


def awards(user: User) -> int:
    """Return how many awards wait: for a fund manager to be offered or their letters, for a lead to be accepted."""
    own = user.organisation_ids(Role.APPLICANT)
    found = queries.visible_to(user).filter(state=AwardState.LETTER_ISSUED, bid__lead__in=own).count() if own else 0
    if user.roles & OFFERS:
        found += queries.awaiting_offer(user).count()
    if user.roles & ISSUES:
        found += sum(len(letter_queue.waiting(deed, user)) for deed in (LetterDeed.PROPOSE, LetterDeed.ISSUE))
    return found


def changes(user: User) -> int:
    """Return how much about awards waits for an official as the second person, or to be rated."""
    return len(changes_waiting.of(user))


def claims(user: User) -> int:
    """Return how many claims wait: to be reviewed, to be approved, or for a claimant's answer to a query."""
    review, reviewers = CLAIM_STEPS["review"]
    approve, approvers = CLAIM_STEPS["approve"]
    found = Q(state=review, award__network__in=user.organisation_ids(*reviewers))
    found |= Q(state=ClaimState.QUERIED, organisation__in=user.organisation_ids(Role.APPLICANT))
    if user.roles & approvers:
        found |= Q(state=approve)
    return queries.claims_visible_to(user).filter(found).count()


def match(user: User) -> int:
    """Return how many sources of match funding of funded bids, and bank details, wait for a finance officer."""
    if not user.roles & SETTLES:
        return 0
    return match_queue.queue({}, user).count() + bank_queries.waiting().exclude(entered_by=user).count()


def payments(user: User) -> int:
    """Return how many claims wait for a run, and runs of others for a second finance officer."""
    if not user.roles & PAYS:
        return 0
    runs = PaymentRun.objects.filter(state=RunState.PROPOSED).exclude(proposed_by=user)
    return payable.waiting(user).count() + runs.count()
