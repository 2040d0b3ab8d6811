"""What the database enforces about runs, recoveries and variations, whoever writes."""

import pgtrigger
from django.db import models

from audit.database import FrozenWith, Rule, refuse
from awards.claims_in_database import COUNTED
from awards.states import BankOutcome, ClaimState, ItemState, PaymentState, RecoveryState, RunState, VariationState
from awards.varying import BY_ONE_PERCENT


class MadeWhole(Rule):
    """Refuse a run as made unless its files are there and its items add up to what was put forward."""

    name = "made_whole"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state = '{RunState.MADE}' AND OLD.state <> NEW.state THEN
                IF (SELECT count(DISTINCT kind) FROM awards_runfile WHERE run_id = NEW.id) <> 2 THEN
                    {refuse("run % has no files", "NEW.reference")}
                END IF;
                IF (SELECT (count(*), coalesce(sum(pence), 0)) FROM awards_runitem WHERE run_id = NEW.id)
                   IS DISTINCT FROM (NEW.items::bigint, NEW.pence::numeric) THEN
                    {refuse("the items of run % do not add up to what was put forward", "NEW.reference")}
                END IF;
            END IF;
            RETURN NEW;
        """


class ItemFollowsRun(Rule):
    """Keep an item with its run and its claim: what is put forward is the claim's grant, what is instructed is made.

    A suspended award is not paid.
    """

    name = "item_follows_run"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("run", "awards_paymentrun%ROWTYPE"), ("claim", "awards_claim%ROWTYPE")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN RETURN NEW; END IF;
            SELECT * INTO run FROM awards_paymentrun WHERE id = NEW.run_id;
            SELECT * INTO claim FROM awards_claim WHERE id = NEW.claim_id;
            IF TG_OP = 'INSERT' AND (run.state <> '{RunState.PROPOSED}' OR NEW.pence <> claim.grant_pence
                OR claim.state NOT IN ('{ClaimState.APPROVED}', '{ClaimState.RETURNED}')) THEN
                {refuse("claim % cannot be in run %", "claim.reference", "run.reference")}
            END IF;
            IF TG_OP = 'INSERT' AND NOT EXISTS (
                SELECT 1 FROM awards_bankdetails d JOIN awards_bankcheck k ON k.details_id = d.id
                WHERE d.id = NEW.bank_details_id AND d.organisation_id = claim.organisation_id
                  AND k.outcome = '{BankOutcome.VERIFIED}'
            ) THEN {refuse("claim % would go to an account that nobody has verified", "claim.reference")} END IF;
            IF NEW.state = '{ItemState.FREED}' AND run.state <> '{RunState.CANCELLED}' THEN
                {refuse("run % is not cancelled, so it frees nothing", "run.reference")}
            END IF;
            IF NEW.state = '{ItemState.INSTRUCTED}' THEN
                IF run.state <> '{RunState.MADE}' THEN
                    {refuse("run % is not made, so it instructs nothing", "run.reference")}
                END IF;
                IF claim.state NOT IN ('{ClaimState.APPROVED}', '{ClaimState.RETURNED}') THEN
                    {refuse("claim % is %, so it is not paid", "claim.reference", "claim.state")}
                END IF;
                IF EXISTS (SELECT 1 FROM awards_suspension
                           WHERE award_id = claim.award_id AND lifted_at IS NULL) THEN
                    {refuse("payments of claim % are held: its award is suspended", "claim.reference")}
                END IF;
            END IF;
            RETURN NEW;
        """


class PaidByRun(Rule):
    """Refuse to instruct a payment that no made run holds, and any other sum than the claim's grant."""

    name = "paid_by_run"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state = '{PaymentState.INSTRUCTED}' AND (TG_OP = 'INSERT' OR OLD.state <> NEW.state)
               AND NOT EXISTS (
                SELECT 1 FROM awards_runitem i JOIN awards_claim c ON c.id = i.claim_id
                WHERE i.claim_id = NEW.claim_id AND i.state = '{ItemState.INSTRUCTED}'
                  AND i.pence = NEW.pence AND c.grant_pence = NEW.pence
            ) THEN {refuse("payment % is in no run that two people agreed to", "NEW.end_to_end_id")} END IF;
            RETURN NEW;
        """


class NoMoreThanPaid(Rule):
    """Refuse to ask back more of a claim than was paid, or of a claim that was not paid."""

    name = "no_more_than_paid"
    operation = pgtrigger.Insert

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("paid", "bigint")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            SELECT pence INTO paid FROM awards_payment
            WHERE claim_id = NEW.claim_id AND state = '{PaymentState.PAID}' FOR UPDATE;
            IF paid IS NULL OR paid < NEW.pence + (
                SELECT coalesce(sum(pence), 0) FROM awards_recovery
                WHERE claim_id = NEW.claim_id AND state <> '{RecoveryState.DROPPED}'
            ) THEN {refuse("% asks back more than was paid", "NEW.reference")} END IF;
            RETURN NEW;
        """


class AgreedByTwo(Rule):
    """Refuse to agree to a variation on the word of one, unless it moves at most 10 per cent of the partner's cost.

    All moves of the partner count together, and its organisation and size stay.
    """

    name = "agreed_by_two"
    operation = pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("part", "awards_awardpartner%ROWTYPE"), ("moved", "bigint"), ("earlier", "bigint")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state <> '{VariationState.AGREED}' OR OLD.state = NEW.state THEN RETURN NEW; END IF;
            IF NEW.needs_two AND NOT EXISTS (
                SELECT 1 FROM funds_approval a JOIN funds_proposal p ON p.id = a.proposal_id
                WHERE p.kind = 'variation' AND p.reference = NEW.reference AND p.content_sha256 = NEW.content_sha256
                  AND p.id = (SELECT max(id) FROM funds_proposal
                              WHERE kind = 'variation' AND reference = NEW.reference)
            ) THEN {refuse("variation % needs a second person", "NEW.reference")} END IF;
            IF NOT NEW.needs_two THEN
                SELECT * INTO part FROM awards_awardpartner
                WHERE id = (NEW.after ->> 'part')::bigint AND award_id = NEW.award_id;
                SELECT coalesce(sum(greatest(value::bigint - coalesce((part.costs ->> key)::bigint, 0), 0)), 0)
                INTO moved FROM jsonb_each_text(NEW.after -> 'costs');
                SELECT coalesce(sum(moved_pounds), 0) INTO earlier FROM awards_variation
                WHERE award_id = NEW.award_id AND state = '{VariationState.AGREED}'
                  AND after ->> 'part' = NEW.after ->> 'part';
                IF part.id IS NULL OR moved <> NEW.moved_pounds
                   OR (moved + earlier) * 100 > part.cost_pounds * {BY_ONE_PERCENT}
                   OR (NEW.after ->> 'organisation')::bigint IS DISTINCT FROM part.organisation_id
                   OR NEW.after ->> 'size' IS DISTINCT FROM part.size
                THEN {refuse("variation % is more than one officer may agree to", "NEW.reference")} END IF;
            END IF;
            RETURN NEW;
        """


_AGREED = f"SELECT 1 FROM awards_variation WHERE award_id = %s AND state = '{VariationState.AGREED}' AND after @> %s"


class EndsAsVaried(Rule):
    """Refuse another end of an award whose letter is out, unless an agreed variation says so."""

    name = "ends_as_varied"
    operation = pgtrigger.Update

    def __init__(self, *, open_in: tuple[str, ...]) -> None:
        self.open_in = tuple(map(str, open_in))
        super().__init__()

    def get_func(self, model: models.Model) -> str:
        states = ", ".join(f"'{state}'" for state in self.open_in)
        agreed = _AGREED % ("NEW.id", "jsonb_build_object('ends_on', NEW.ends_on)")
        return f"""
            IF NEW.ends_on IS DISTINCT FROM OLD.ends_on AND OLD.state NOT IN ({states}) AND NOT EXISTS ({agreed}) THEN
                {refuse("award % ends as its letter says: agree a variation", "NEW.reference")}
            END IF;
            RETURN NEW;
        """


# A category of a partner as it was in which its claims come to more than the cost that it is to have.
_CLAIMED_ABOVE = f"""
    SELECT 1 FROM awards_claimline l JOIN awards_claim c ON c.id = l.claim_id
    LEFT JOIN awards_adjustment a ON a.line_id = l.id
    WHERE c.award_id = OLD.award_id AND c.organisation_id = OLD.organisation_id AND c.state IN {COUNTED}
    GROUP BY l.category
    HAVING sum(l.pence - coalesce(a.pence, 0)) > coalesce((NEW.costs ->> l.category)::bigint, 0) * 100
"""
_HAS_CLAIMED = """
    SELECT 1 FROM awards_claim
    WHERE award_id = OLD.award_id AND organisation_id = OLD.organisation_id AND state <> 'draft'
"""


class FixedUnlessVaried(FrozenWith):
    """Fix what a partner was awarded with the letter; only an agreed variation changes who it is and its costs.

    Nobody takes the place of a partner that has claimed, and no category falls below what was claimed in it.
    """

    def get_func(self, model: models.Model) -> str:
        columns = "ARRAY['costs', 'organisation_id', 'size']::text[]"
        after = (
            "jsonb_build_object('part', NEW.id, 'costs', NEW.costs, 'organisation', NEW.organisation_id, "
            "'size', NEW.size)"
        )
        return f"""
            IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - {columns} = to_jsonb(OLD) - {columns}
               AND EXISTS ({_AGREED % ("NEW.award_id", after)})
               AND NEW.cost_pounds = (SELECT sum(value::bigint) FROM jsonb_each_text(NEW.costs)) THEN
                IF NEW.organisation_id <> OLD.organisation_id AND EXISTS ({_HAS_CLAIMED}) THEN
                    {refuse("partner % has claimed, so nobody takes its place", "OLD.organisation_id")}
                END IF;
                IF NEW.costs <> OLD.costs AND EXISTS ({_CLAIMED_ABOVE}) THEN
                    {refuse("partner % has claimed more in a category", "OLD.organisation_id")}
                END IF;
                RETURN NEW;
            END IF;
            {super().get_func(model)}
        """
