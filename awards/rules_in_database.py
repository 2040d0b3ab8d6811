"""What the database enforces before a letter may be issued."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse
from awards.states import AwardState


class ApprovedEachTime(Rule):
    """Refuse an award's next letter unless two people agreed to one letter more than there are."""

    name = "approved_each_time"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.number > (
                SELECT count(DISTINCT p.id) FROM funds_proposal p JOIN funds_approval a ON a.proposal_id = p.id
                WHERE p.kind = 'letter' AND p.reference = (SELECT reference FROM awards_award WHERE id = NEW.award_id)
            ) THEN {refuse("letter % of this award has not been approved", "NEW.number")} END IF;
            RETURN NEW;
        """


class FrozenOnceAccepted(Rule):
    """Refuse to change who accepted an award, when, from where and in which words, once it is accepted."""

    name = "frozen_once_accepted"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        columns = ("accepted_by_id", "accepted_name", "accepted_at", "accepted_statement", "accepted_address")
        old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
        return f"""
            IF OLD.accepted_at IS NOT NULL AND ({old}) IS DISTINCT FROM ({new})
            THEN {refuse("award % is accepted: its acceptance is fixed", "NEW.reference")} END IF;
            RETURN NEW;
        """


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
