"""What the database enforces about the networks' instalments, whoever writes."""

import pgtrigger
from django.db import models

from ahsn.states import ReleaseState, ReturnState
from audit.database import Rule, refuse
from awards.states import BankOutcome
from funds.states import EntryKind


class AddsUpToAllocation(Rule):
    """Refuse instalments that are not, together, their allocation to the penny."""

    name = "adds_up_to_allocation"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    level = pgtrigger.Statement
    referencing = pgtrigger.Referencing(new="laid_out")

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("wrong", "bigint")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            SELECT a.id INTO wrong FROM ahsn_allocation a
            WHERE a.id IN (SELECT allocation_id FROM laid_out)
              AND a.pence <> (SELECT sum(i.pence) FROM ahsn_instalment i WHERE i.allocation_id = a.id) LIMIT 1;
            IF FOUND THEN {refuse("the instalments of allocation % do not add up to it", "wrong")} END IF;
            RETURN NULL;
        """


class ReleasedByReturns(Rule):
    """Refuse a release that is not the whole instalment, goes to an account nobody verified, or lacks a return.

    All returns up to its own must be accepted. Whoever accepted its return neither puts the release forward nor agrees
    to it.
    """

    name = "released_by_returns"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("due", "ahsn_instalment%ROWTYPE"), ("accepter", "bigint")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF TG_OP = 'UPDATE' AND (NEW.state = OLD.state OR NEW.state <> '{ReleaseState.INSTRUCTED}') THEN
                RETURN NEW;
            END IF;
            SELECT * INTO due FROM ahsn_instalment WHERE id = NEW.instalment_id;
            IF NEW.pence <> due.pence THEN {refuse("instalment % is released whole", "due.reference")} END IF;
            IF EXISTS (
                SELECT 1 FROM ahsn_instalment i LEFT JOIN ahsn_networkreturn r ON r.instalment_id = i.id
                WHERE i.allocation_id = due.allocation_id AND i.number <= due.number
                  AND r.state IS DISTINCT FROM '{ReturnState.ACCEPTED}'
            ) THEN {refuse("instalment % waits for an accepted return", "due.reference")} END IF;
            SELECT decided_by_id INTO accepter FROM ahsn_networkreturn WHERE instalment_id = due.id;
            IF accepter = NEW.proposed_by_id OR EXISTS (
                SELECT 1 FROM funds_approval a JOIN funds_proposal p ON p.id = a.proposal_id
                WHERE p.kind = 'release' AND p.reference = NEW.reference AND a.by_id = accepter
            ) THEN {refuse("who accepted the return of % does not release its money", "due.reference")} END IF;
            IF NOT EXISTS (
                SELECT 1 FROM awards_bankdetails d JOIN awards_bankcheck k ON k.details_id = d.id
                JOIN ahsn_allocation a ON a.id = due.allocation_id JOIN ahsn_network n ON n.id = a.network_id
                WHERE d.id = NEW.bank_details_id AND d.organisation_id = n.organisation_id
                  AND k.outcome = '{BankOutcome.VERIFIED}'
            ) THEN {refuse("% would go to an account that nobody has verified", "due.reference")} END IF;
            RETURN NEW;
        """


class OnlyReleased(Rule):
    """Refuse to instruct money of a network's allocation but as one instructed release says, to the penny."""

    name = "only_released"
    operation = pgtrigger.Insert
    condition = pgtrigger.Condition(f"NEW.kind = '{EntryKind.INSTRUCTED}'")

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF EXISTS (SELECT 1 FROM ahsn_allocation WHERE envelope_id = NEW.award_id) AND NOT EXISTS (
                SELECT 1 FROM ahsn_release r JOIN ahsn_instalment i ON i.id = r.instalment_id
                JOIN ahsn_allocation a ON a.id = i.allocation_id
                WHERE r.reference = NEW.reference AND r.pence = NEW.pence AND a.envelope_id = NEW.award_id
                  AND r.state = '{ReleaseState.INSTRUCTED}' AND a.year = NEW.year
            ) THEN {refuse("% releases no instalment that two people agreed to", "NEW.reference")} END IF;
            RETURN NEW;
        """
