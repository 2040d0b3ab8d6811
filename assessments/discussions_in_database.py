"""What the database enforces about discussions."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse


class OnlyWhoHandedIn(Rule):
    """Refuse a remark for a seat of another bid, or of an assessor who has not handed in or is blocked from the bid."""

    name = "only_who_handed_in"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.seat_id IS NOT NULL AND NOT EXISTS (
                SELECT 1
                FROM assessments_discussion d
                JOIN assessments_seat seat ON seat.id = NEW.seat_id AND seat.bid_id = d.bid_id
                    AND seat.state = 'accepted'
                JOIN assessments_assessor a ON a.id = seat.assessor_id AND a.user_id = NEW.by_id
                JOIN assessments_assessment sheet ON sheet.seat_id = seat.id AND sheet.submitted_at IS NOT NULL
                WHERE d.id = NEW.discussion_id AND NOT EXISTS (
                    SELECT 1 FROM assessments_block b WHERE b.bid_id = d.bid_id AND b.assessor_id = seat.assessor_id
                )
            ) THEN {refuse("only assessors who have handed in take part in a discussion")} END IF;
            RETURN NEW;
        """
