"""What the database enforces about interviews."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse


class FixedOnceInterviewed(Rule):
    """Refuse to change what interviews are scored on once somebody has begun to score one.

    Args:
        plan: the column that holds the key of the plan.
    """

    name = "fixed_once_interviewed"
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, plan: str) -> None:
        self.plan = plan
        super().__init__()

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF EXISTS (
                SELECT 1 FROM assessments_interviewsheet sheet
                JOIN assessments_interview i ON i.id = sheet.interview_id
                WHERE i.plan_id = CASE WHEN TG_OP = 'INSERT' THEN NEW.{self.plan} ELSE OLD.{self.plan} END
            ) THEN {refuse("interviews have begun: what they are scored on is fixed")} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """


class OfOneCompetition(Rule):
    """Refuse an interview of a bid of another competition, or in a slot of another plan."""

    name = "of_one_competition"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NOT EXISTS (
                SELECT 1 FROM assessments_interviewplan p
                JOIN bids_bid b ON b.competition_id = p.competition_id AND b.id = NEW.bid_id
                WHERE p.id = NEW.plan_id
            ) OR (NEW.slot_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM assessments_interviewslot s WHERE s.id = NEW.slot_id AND s.plan_id = NEW.plan_id
            )) THEN {refuse("an interview, its bid and its slot belong to one competition")} END IF;
            RETURN NEW;
        """


class Unbiased(Rule):
    """Refuse the sheet of an interviewer whom a conflict of interest blocks from the bid, or of another panel."""

    name = "unbiased"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("bid", "bigint"), ("assessor", "bigint")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            SELECT i.bid_id, who.assessor_id INTO bid, assessor
            FROM assessments_interview i
            JOIN assessments_interviewer who ON who.id = NEW.interviewer_id AND who.plan_id = i.plan_id
            WHERE i.id = NEW.interview_id;
            IF bid IS NULL THEN {refuse("this interviewer sits on another panel")} END IF;
            PERFORM 1 FROM bids_bid WHERE id = bid FOR SHARE;
            IF EXISTS (SELECT 1 FROM assessments_block b WHERE b.bid_id = bid AND b.assessor_id = assessor) THEN
                {refuse("a conflict of interest blocks this interviewer from bid %", "bid::text")}
            END IF;
            RETURN NEW;
        """


class OverAfterDecision(Rule):
    """Refuse to hand in or reopen the sheet of an interview once the panel of its competition has decided."""

    name = "over_after_decision"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state <> OLD.state AND NOT EXISTS (
                SELECT 1 FROM assessments_interview i
                JOIN assessments_interviewplan plan ON plan.id = i.plan_id
                JOIN funds_competition c ON c.id = plan.competition_id AND c.state IN ('in_assessment', 'at_panel')
                WHERE i.id = NEW.interview_id
            ) THEN {refuse("the interviews of this competition are over")} END IF;
            RETURN NEW;
        """


class WholeInterview(Rule):
    """Refuse handing in the sheet of an interview unless every criterion has points and a reason."""

    name = "whole_interview"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state = 'submitted' AND (TG_OP = 'INSERT' OR OLD.state <> 'submitted') AND EXISTS (
                SELECT 1 FROM assessments_interview i
                JOIN assessments_interviewcriterion c ON c.plan_id = i.plan_id
                LEFT JOIN assessments_interviewscore s ON s.sheet_id = NEW.id AND s.criterion_id = c.id
                WHERE i.id = NEW.interview_id AND (s.id IS NULL OR s.points IS NULL OR btrim(s.reason) = '')
            ) THEN {refuse("points or a reason of the interview are missing")} END IF;
            RETURN NEW;
        """
