"""What the database enforces when a partner joins late, and when an award is completed."""

import pgtrigger
from django.db import models

from audit.database import FrozenWith, Rule, refuse
from awards.gates_in_database import Gated
from awards.states import (
    CLAIM_AT_REST,
    RECOVERY_OPEN,
    UNDER_WAY,
    AwardState,
    ClaimState,
    ReportKind,
    ReportState,
    UnderspendState,
    VariationKind,
    VariationState,
)


def _in(states: tuple[str, ...]) -> str:
    return f"({', '.join(f"'{state}'" for state in states)})"


# Each gate: what a completion waits for, and SQL that is true while it does. NEW is the award.
GATES = {
    "the final report is not accepted": f"""
        NOT EXISTS (SELECT 1 FROM awards_report WHERE award_id = NEW.id AND kind = '{ReportKind.FINAL}'
                    AND state = '{ReportState.ACCEPTED}')
    """,
    "a report waits to be read": f"""
        EXISTS (SELECT 1 FROM awards_report WHERE award_id = NEW.id AND state = '{ReportState.WAITING}')
    """,
    "a claim is not settled": f"""
        EXISTS (SELECT 1 FROM awards_claim WHERE award_id = NEW.id AND state NOT IN {_in(CLAIM_AT_REST)})
    """,
    "money that is asked back has not come": f"""
        EXISTS (SELECT 1 FROM awards_recovery r JOIN awards_claim c ON c.id = r.claim_id
                WHERE c.award_id = NEW.id AND r.state IN {_in(RECOVERY_OPEN)})
    """,
    "a change waits for a second person": f"""
        EXISTS (SELECT 1 FROM awards_variation WHERE award_id = NEW.id AND state = '{VariationState.PROPOSED}')
        OR EXISTS (SELECT 1 FROM awards_underspend u JOIN awards_awardpartner p ON p.id = u.part_id
                   WHERE p.award_id = NEW.id AND u.state = '{UnderspendState.PROPOSED}')
    """,
}


class NothingOutstanding(Gated):
    """Refuse to complete an award while something of it is outstanding."""

    name = "nothing_outstanding"
    state, told, gates = AwardState.COMPLETED, "award % is not complete", GATES


class FixedUnlessJoined(FrozenWith):
    """Fix conditions with the letter; those of an organisation that joins by a variation are open until settled."""

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF (TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND OLD.settled_at IS NULL
                AND (NEW.award_id, NEW.kind, NEW.organisation_id) = (OLD.award_id, OLD.kind, OLD.organisation_id))
               AND EXISTS (
                SELECT 1 FROM awards_variation
                WHERE award_id = NEW.award_id AND kind = '{VariationKind.PARTNER}' AND state = '{VariationState.AGREED}'
                AND after @> jsonb_build_object('organisation', NEW.organisation_id)
            ) THEN
                PERFORM 1 FROM awards_award WHERE id = NEW.award_id AND state IN {_in(UNDER_WAY)} FOR SHARE;
                IF FOUND THEN RETURN NEW; END IF;
            END IF;
            {super().get_func(model)}
        """


class PreparedBeforeClaim(Rule):
    """Refuse the claim of a partner of which something is not settled that stands before its money."""

    name = "prepared_before_claim"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state = '{ClaimState.SUBMITTED}' AND OLD.state <> NEW.state AND EXISTS (
                SELECT 1 FROM awards_condition WHERE award_id = NEW.award_id
                AND organisation_id = NEW.organisation_id AND settled_at IS NULL
            ) THEN {refuse("claim % waits: a condition of its partner is not settled", "NEW.reference")} END IF;
            RETURN NEW;
        """
