"""What the database enforces about seats and scores."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse


class NotBlocked(Rule):
    """Refuse a seat for a pair that a conflict of interest blocks."""

    name = "not_blocked"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            IF NEW.state IN ('invited', 'accepted') AND EXISTS (
                SELECT 1 FROM assessments_block WHERE bid_id = NEW.bid_id AND assessor_id = NEW.assessor_id
            ) THEN {refuse("a conflict of interest blocks this assessor from bid %", "NEW.bid_id::text")} END IF;
            RETURN NEW;
        """


class OnlyForAcceptedSeats(Rule):
    """Refuse an assessment of a seat that nobody has accepted."""

    name = "only_for_accepted_seats"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: type[models.Model]) -> str:
        return f"""
            PERFORM 1 FROM assessments_seat WHERE id = NEW.seat_id AND state = 'accepted' FOR SHARE;
            IF NOT FOUND THEN {refuse("only an accepted seat can be assessed")} END IF;
            RETURN NEW;
        """
