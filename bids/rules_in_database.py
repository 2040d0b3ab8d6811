"""What the bids' tables enforce by trigger beyond states and frozen fields."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse
from bids.states import BidState


class AsDecided(Rule):
    """Refuse an outcome that no approved decision of the competition's panel gives this bid."""

    name = "as_decided"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        outcomes = ", ".join(f"'{s}'" for s in (BidState.SUCCESSFUL, BidState.RESERVE, BidState.UNSUCCESSFUL))
        return f"""
            IF NEW.state IN ({outcomes}) AND (TG_OP = 'INSERT' OR OLD.state IS DISTINCT FROM NEW.state)
               AND NOT EXISTS (
                SELECT 1 FROM funds_proposal p
                JOIN funds_competition c ON c.reference = p.reference AND c.id = NEW.competition_id
                JOIN funds_approval a ON a.proposal_id = p.id
                WHERE p.kind = 'decision' AND p.content -> 'bids' -> NEW.reference ->> 'outcome' = NEW.state
            ) THEN {refuse("bid % cannot be %: no approved decision says so", "NEW.reference", "NEW.state")} END IF;
            RETURN NEW;
        """
