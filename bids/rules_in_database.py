"""What the bids' tables enforce by trigger beyond states and frozen fields."""

import pgtrigger
from django.db import models

from audit.database import Rule, refuse
from bids.states import OUTCOME_STATES, BidState, MatchOutcome, MatchState


class AsDecided(Rule):
    """Refuse an outcome that the newest approved decision on this bid does not give it."""

    name = "as_decided"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        outcomes = ", ".join(f"'{s}'" for s in (BidState.SUCCESSFUL, BidState.RESERVE, BidState.UNSUCCESSFUL))
        return f"""
            IF NEW.state IN ({outcomes}) AND (TG_OP = 'INSERT' OR OLD.state IS DISTINCT FROM NEW.state)
               AND NEW.state IS DISTINCT FROM (
                SELECT p.content -> 'bids' -> NEW.reference ->> 'outcome' FROM funds_proposal p
                JOIN funds_competition c ON c.reference = p.reference AND c.id = NEW.competition_id
                JOIN funds_approval a ON a.proposal_id = p.id
                WHERE p.kind = 'decision' AND p.content -> 'bids' ? NEW.reference
                ORDER BY p.id DESC LIMIT 1
            ) THEN {refuse("bid % cannot be %: no approved decision says so", "NEW.reference", "NEW.state")} END IF;
            RETURN NEW;
        """


class AsRecorded(Rule):
    """Refuse to move a source of match funding to what its newest verification does not say."""

    name = "as_recorded"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        puts = ", ".join(f"('{outcome}', '{state}')" for outcome, state in OUTCOME_STATES.items())
        decided = f"('{MatchState.VERIFIED}', '{MatchState.REJECTED}')"
        return f"""
            IF NEW.state <> OLD.state
               AND (NEW.state IN {decided} OR NEW.state = '{MatchState.QUERIED}' OR OLD.state IN {decided})
               AND NOT EXISTS (
                SELECT 1 FROM bids_matchverification v
                WHERE v.source_id = NEW.id AND (v.outcome, NEW.state) IN ({puts})
                  AND v.number = (SELECT max(number) FROM bids_matchverification WHERE source_id = NEW.id)
                  AND (v.outcome <> '{MatchOutcome.VERIFIED}'
                       OR (v.pounds = NEW.verified_pounds AND v.by_id = NEW.decided_by_id))
            ) THEN {refuse("source % of match funding cannot be %: no verification says so", "NEW.id", "NEW.state")}
            END IF;
            RETURN NEW;
        """


class NotTheBidsOfficer(Rule):
    """Refuse a verification by the responsible officer of the bid's competition, or one out of turn."""

    name = "not_the_bids_officer"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF EXISTS (
                SELECT 1 FROM bids_matchsource s JOIN bids_partner p ON p.id = s.partner_id
                JOIN bids_bid b ON b.id = p.bid_id JOIN funds_competition c ON c.id = b.competition_id
                WHERE s.id = NEW.source_id AND c.responsible_officer_id = NEW.by_id
            ) THEN {refuse("the responsible officer of a bid cannot decide on its match funding")} END IF;
            IF NEW.number <> 1 + (
                SELECT coalesce(max(number), 0) FROM bids_matchverification WHERE source_id = NEW.source_id
            ) THEN {refuse("verification % is out of turn", "NEW.number")} END IF;
            RETURN NEW;
        """
