"""What the database enforces about a panel: its frozen sheet, its votes, its minutes, its decisions, complaints."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse

OVER = "('at_panel', 'decided', 'closed')"


class OnlyAtThePanel(Rule):
    """Refuse to freeze the sheet of a competition that is not at its panel."""

    name = "only_at_the_panel"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return f"""
            PERFORM 1 FROM funds_competition WHERE id = NEW.competition_id AND state = 'at_panel';
            IF NOT FOUND THEN {refuse("a sheet is frozen when its competition goes to panel")} END IF;
            RETURN NEW;
        """


class FixedAtPanel(Rule):
    """Refuse what would change a score once the competition is at its panel: handing in, reopening, leaving out."""

    name = "fixed_at_panel"
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("seat", "bigint"), ("was", "boolean"), ("becomes", "boolean")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            was := CASE WHEN TG_OP = 'INSERT' THEN FALSE ELSE OLD.state = 'submitted' AND OLD.is_counted END;
            becomes := CASE WHEN TG_OP = 'DELETE' THEN FALSE ELSE NEW.state = 'submitted' AND NEW.is_counted END;
            seat := CASE WHEN TG_OP = 'DELETE' THEN OLD.seat_id ELSE NEW.seat_id END;
            IF was <> becomes AND EXISTS (
                SELECT 1 FROM assessments_seat s JOIN bids_bid b ON b.id = s.bid_id
                JOIN funds_competition c ON c.id = b.competition_id
                WHERE s.id = seat AND c.state IN {OVER}
            ) THEN {refuse("the scores of this competition are fixed: it is at its panel")} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """


class CountsAtPanel(Rule):
    """Refuse to take away a seat whose assessment counts once the competition is at its panel."""

    name = "counts_at_panel"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF OLD.state = 'accepted' AND NEW.state <> 'accepted' AND EXISTS (
                SELECT 1 FROM assessments_assessment a JOIN bids_bid b ON b.id = OLD.bid_id
                JOIN funds_competition c ON c.id = b.competition_id
                WHERE a.seat_id = OLD.id AND a.state = 'submitted' AND a.is_counted AND c.state IN {OVER}
            ) THEN {refuse("the scores of this competition are fixed: it is at its panel")} END IF;
            RETURN NEW;
        """


class VotesAtTheTable(Rule):
    """Refuse the vote of who is absent, is secretary, sits in another meeting or has a conflict of interest."""

    name = "votes_at_the_table"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NOT EXISTS (
                SELECT 1 FROM assessments_panelmember m JOIN assessments_panelitem i ON i.meeting_id = m.meeting_id
                WHERE m.id = NEW.member_id AND i.id = NEW.item_id AND m.is_present AND m.duty <> 'secretary'
            ) THEN {refuse("only a member who is present votes")} END IF;
            IF EXISTS (
                SELECT 1 FROM assessments_panelitem i
                JOIN assessments_panelmember m ON m.id = NEW.member_id
                LEFT JOIN assessments_panelconflict k ON k.member_id = m.id AND k.bid_id = i.bid_id
                LEFT JOIN assessments_assessor a ON a.user_id = m.user_id
                LEFT JOIN assessments_block b ON b.assessor_id = a.id AND b.bid_id = i.bid_id
                WHERE i.id = NEW.item_id AND (k.id IS NOT NULL OR b.id IS NOT NULL)
            ) THEN {refuse("a conflict of interest keeps this member from the bid")} END IF;
            RETURN NEW;
        """


class DeclarationStands(Rule):
    """Refuse to mend a declaration at the table: who has declared can only add a conflict, not take the word back."""

    name = "declaration_stands"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF OLD.declared_at IS NOT NULL AND NEW.declared_at IS DISTINCT FROM OLD.declared_at THEN
                {refuse("a declaration at the table stands")}
            END IF;
            RETURN NEW;
        """


class MinutesWholeWhenAgreed(Rule):
    """Refuse minutes that nobody but the chair agrees or that leave a bid without an outcome; fix them afterwards."""

    name = "minutes_whole_when_agreed"
    operation = pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF OLD.state IN ('agreed', 'cancelled') THEN
                {refuse("this meeting is %: nothing about it changes", "OLD.state")}
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF NEW.state = 'agreed' THEN
                IF NOT EXISTS (
                    SELECT 1 FROM assessments_panelmember
                    WHERE meeting_id = NEW.id AND user_id = NEW.agreed_by_id AND duty = 'chair' AND is_present
                ) THEN {refuse("the chair who was present agrees the minutes")} END IF;
                IF EXISTS (
                    SELECT 1 FROM assessments_panelitem i JOIN bids_bid b ON b.id = i.bid_id
                    WHERE i.meeting_id = NEW.id AND i.outcome = '' AND b.state = 'submitted'
                ) THEN {refuse("a bid on the agenda has no outcome")} END IF;
            END IF;
            RETURN NEW;
        """


class AsMinuted(Rule):
    """Refuse a decision that rests on no agreed minutes of its competition.

    The first decision on a bid is what the minutes say, outcome and reason; a later one says why it changes.
    """

    name = "as_minuted"
    operation = pgtrigger.Insert

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("held", "assessments_panelmeeting%ROWTYPE"), ("put", "jsonb")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            SELECT m.* INTO held FROM assessments_panelmeeting m JOIN bids_bid b ON b.competition_id = m.competition_id
            WHERE m.id = NEW.meeting_id AND b.id = NEW.bid_id AND m.state = 'agreed';
            SELECT content INTO put FROM funds_proposal WHERE id = NEW.proposal_id;
            IF held.id IS NULL OR put ->> 'minutes_sha256' IS DISTINCT FROM held.minutes_sha256 THEN
                {refuse("a decision on bid % rests on the agreed minutes of its panel", "NEW.bid_id::text")}
            END IF;
            IF EXISTS (SELECT 1 FROM assessments_decision WHERE bid_id = NEW.bid_id) THEN
                IF btrim(NEW.change_reason) = '' OR put ->> 'change_reason' IS DISTINCT FROM NEW.change_reason THEN
                    {refuse("a later decision on bid % says why it changes", "NEW.bid_id::text")}
                END IF;
            ELSIF NOT EXISTS (
                SELECT 1 FROM assessments_panelitem WHERE meeting_id = held.id AND bid_id = NEW.bid_id
                AND outcome = NEW.outcome AND reason = NEW.override_reason
            ) THEN {refuse("the decision on bid % is not what the minutes say", "NEW.bid_id::text")} END IF;
            RETURN NEW;
        """


class WithinTheWindow(Rule):
    """Refuse a complaint before feedback is released or after the last day for complaints, United Kingdom time."""

    name = "within_the_window"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NOT EXISTS (
                SELECT 1 FROM assessments_feedbackrelease r JOIN bids_bid b ON b.competition_id = r.competition_id
                WHERE b.id = NEW.bid_id AND NEW.at >= r.at
                  AND (NEW.at AT TIME ZONE 'Europe/London')::date <= r.complaints_until
            ) THEN {refuse("complaints are taken from the release of feedback to their last day")} END IF;
            RETURN NEW;
        """
