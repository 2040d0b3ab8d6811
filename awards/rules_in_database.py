"""What the database enforces before a letter may be issued."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse
from awards.states import AwardState


class MatchVerifiedBeforeLetter(Rule):
    """Refuse a letter while a partner's verified match funding is below what its grant requires."""

    name = "match_verified_before_letter"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        missing = refuse("award % lacks verified match funding or a settled condition", "NEW.reference")
        return f"""
            IF NEW.state = '{AwardState.LETTER_ISSUED}' AND OLD.state <> NEW.state AND (
                EXISTS (
                    SELECT 1 FROM awards_awardpartner ap WHERE ap.award_id = NEW.id AND ap.match_pounds > (
                        SELECT coalesce(sum(m.verified_pounds), 0) FROM bids_matchsource m
                        WHERE m.partner_id = ap.partner_id AND m.state = 'verified'
                    )
                ) OR EXISTS (SELECT 1 FROM awards_condition c WHERE c.award_id = NEW.id AND c.settled_at IS NULL)
            ) THEN {missing} END IF;
            RETURN NEW;
        """
