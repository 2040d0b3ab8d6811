"""What the database enforces about seats and scores."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse


class NotBlocked(Rule):
    """Refuse a seat for a pair that a conflict of interest blocks, also when the block is being written meanwhile."""

    name = "not_blocked"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state IN ('invited', 'accepted') THEN
                PERFORM 1 FROM bids_bid WHERE id = NEW.bid_id FOR SHARE;
                IF EXISTS (
                    SELECT 1 FROM assessments_block WHERE bid_id = NEW.bid_id AND assessor_id = NEW.assessor_id
                ) THEN {refuse("a conflict of interest blocks this assessor from bid %", "NEW.bid_id::text")} END IF;
            END IF;
            RETURN NEW;
        """


class HoldsTheBid(Rule):
    """Hold the bid's row while a block is written, so that no seat for it can slip past `NotBlocked`."""

    name = "holds_the_bid"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return "PERFORM 1 FROM bids_bid WHERE id = NEW.bid_id FOR NO KEY UPDATE; RETURN NEW;"


class OnlyForAcceptedSeats(Rule):
    """Refuse an assessment of a seat that nobody has accepted."""

    name = "only_for_accepted_seats"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            PERFORM 1 FROM assessments_seat WHERE id = NEW.seat_id AND state = 'accepted' FOR SHARE;
            IF NOT FOUND THEN {refuse("only an accepted seat can be assessed")} END IF;
            RETURN NEW;
        """


class CompleteWhenSubmitted(Rule):
    """Refuse handing in an assessment unless every scored question of the competition has points and a reason."""

    name = "complete_when_submitted"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("lacking", "text")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state = 'submitted' AND (TG_OP = 'INSERT' OR OLD.state <> 'submitted') THEN
                SELECT string_agg(q.slug, ', ' ORDER BY q.position) INTO lacking
                FROM assessments_seat seat
                JOIN bids_bid b ON b.id = seat.bid_id
                JOIN funds_question q ON q.competition_id = b.competition_id AND q.is_scored
                LEFT JOIN assessments_score s ON s.assessment_id = NEW.id AND s.question_id = q.id
                WHERE seat.id = NEW.seat_id
                  AND (s.id IS NULL OR s.points IS NULL OR s.points > q.max_points OR btrim(s.reason) = '');
                IF lacking IS NOT NULL THEN
                    {refuse("points or a reason are missing on %", "lacking")}
                END IF;
            END IF;
            RETURN NEW;
        """


class CountedUnlessConflicted(Rule):
    """Refuse counting what a blocked assessor handed in, unless a fund manager decided, with a reason, to keep it."""

    name = "counted_unless_conflicted"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.is_counted AND NEW.state = 'submitted' AND EXISTS (
                SELECT 1 FROM assessments_seat seat
                JOIN assessments_block block ON block.bid_id = seat.bid_id AND block.assessor_id = seat.assessor_id
                WHERE seat.id = NEW.seat_id
            ) AND NOT EXISTS (
                SELECT 1 FROM assessments_conflictdecision WHERE seat_id = NEW.seat_id AND is_kept
            ) THEN {refuse("a conflict of interest keeps this assessment from counting until it is decided")} END IF;
            RETURN NEW;
        """


class OnlyAfterDecision(Rule):
    """Refuse to release the feedback of a competition that its panel has not decided."""

    name = "only_after_decision"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NOT EXISTS (
                SELECT 1 FROM funds_competition WHERE id = NEW.competition_id AND state IN ('decided', 'closed')
            ) THEN {refuse("feedback is released after the decision")} END IF;
            RETURN NEW;
        """


class AsProposed(Rule):
    """Refuse a decision that is not, to the figure, what its proposal for the bid's competition says about the bid."""

    name = "as_proposed"
    operation = pgtrigger.Insert

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("line", "jsonb")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            SELECT p.content -> 'bids' -> b.reference INTO line
            FROM bids_bid b
            JOIN funds_competition c ON c.id = b.competition_id
            JOIN funds_proposal p ON p.id = NEW.proposal_id AND p.kind = 'decision' AND p.reference = c.reference
            WHERE b.id = NEW.bid_id;
            IF line IS NULL
               OR line ->> 'outcome' IS DISTINCT FROM NEW.outcome
               OR (line ->> 'rank')::int IS DISTINCT FROM NEW.rank
               OR (line ->> 'score')::numeric IS DISTINCT FROM NEW.score
               OR (line ->> 'spread')::numeric IS DISTINCT FROM NEW.spread
               OR (line ->> 'counted')::int IS DISTINCT FROM NEW.counted
               OR coalesce(line ->> 'override_reason', '') <> NEW.override_reason
            THEN {refuse("this decision is not what was proposed and approved for bid %", "NEW.bid_id::text")} END IF;
            RETURN NEW;
        """
