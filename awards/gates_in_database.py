"""What the database enforces before a letter may be issued, and about what is prepared for it."""

from collections.abc import Mapping

import pgtrigger
from django.db import models

from audit.database import Rule, refuse
from awards.before_letter import APPROVED_ABOVE_PENCE
from awards.claims_in_database import released
from awards.states import AwardState, ConditionKind

_CLAIMING = "SELECT 1 FROM awards_awardpartner ap WHERE ap.award_id = NEW.id AND ap.grant_pounds > 0"
_KINDS = (ConditionKind.BANK, ConditionKind.VIABILITY, ConditionKind.DUE_DILIGENCE, ConditionKind.FRAUD)
# Each gate: what the letter waits for, and SQL that is true while it does. NEW is the award.
GATES = {
    "match funding is short in a month of its spend profile": """
        EXISTS (
            SELECT 1 FROM awards_awardpartner ap
            JOIN (
                SELECT organisation_id, month,
                       sum(sum(pence)) OVER (PARTITION BY organisation_id ORDER BY month) AS upto
                FROM awards_spendline WHERE award_id = NEW.id GROUP BY organisation_id, month
            ) s ON s.organisation_id = ap.organisation_id
            WHERE ap.award_id = NEW.id AND ap.match_pounds > 0 AND ap.grant_pounds > 0
              AND floor(ap.match_pounds * s.upto / (ap.grant_pounds * 100)) > (
                SELECT coalesce(sum(m.verified_pounds), 0) FROM bids_matchsource m
                WHERE m.partner_id = ap.partner_id AND m.state = 'verified' AND m.available_on <= s.month
            )
        )
    """,
    "match funding was verified on evidence that is out of date": """
        EXISTS (
            SELECT 1 FROM awards_awardpartner ap
            JOIN bids_matchsource m ON m.partner_id = ap.partner_id AND m.state = 'verified'
            JOIN LATERAL (
                SELECT expires_on FROM bids_matchverification WHERE source_id = m.id ORDER BY number DESC LIMIT 1
            ) v ON v.expires_on < (NEW.issued_at AT TIME ZONE 'Europe/London')::date
            WHERE ap.award_id = NEW.id
        )
    """,
    "more of a partner's match funding is in kind than its competition takes": """
        EXISTS (
            SELECT 1 FROM awards_awardpartner ap
            JOIN bids_bid b ON b.id = NEW.bid_id JOIN funds_competition c ON c.id = b.competition_id
            WHERE ap.award_id = NEW.id AND ap.match_pounds - ap.match_pounds::bigint * c.in_kind_percent / 100 > (
                SELECT coalesce(sum(m.verified_pounds), 0) FROM bids_matchsource m
                WHERE m.partner_id = ap.partner_id AND m.state = 'verified' AND m.kind <> 'in_kind'
            )
        )
    """,
    "its match funding was verified by its responsible officer": """
        EXISTS (
            SELECT 1 FROM awards_awardpartner ap
            JOIN bids_matchsource m ON m.partner_id = ap.partner_id AND m.state = 'verified'
            WHERE ap.award_id = NEW.id AND m.decided_by_id = NEW.responsible_officer_id
        )
    """,
    "a partner lacks a rating of bank details, viability, due diligence or fraud risk": f"""
        EXISTS (
            {_CLAIMING} AND {len(_KINDS)} > (
                SELECT count(*) FROM awards_condition c
                WHERE c.award_id = NEW.id AND c.organisation_id = ap.organisation_id AND c.settled_at IS NOT NULL
                  AND c.rating IN ('green', 'amber') AND c.kind IN ({", ".join(f"'{k}'" for k in _KINDS)})
            )
        )
    """,
    "a partner has no verified bank details": f"""
        EXISTS (
            {_CLAIMING} AND NOT EXISTS (
                SELECT 1 FROM awards_bankdetails b JOIN awards_bankcheck k ON k.details_id = b.id
                WHERE b.organisation_id = ap.organisation_id AND k.outcome = 'verified'
            )
        )
    """,
    "its spend profile is not equal to its grant": """
        EXISTS (
            SELECT 1 FROM awards_awardpartner ap WHERE ap.award_id = NEW.id AND ap.grant_pounds * 100 <> (
                SELECT coalesce(sum(pence), 0) FROM awards_spendline l
                WHERE l.award_id = NEW.id AND l.organisation_id = ap.organisation_id
            )
        )
    """,
    "two people have not approved an award of this size": f"""
        NEW.grant_pence > {APPROVED_ABOVE_PENCE} AND NOT EXISTS (
            SELECT 1 FROM funds_proposal p JOIN funds_approval a ON a.proposal_id = p.id
            WHERE p.kind = 'large_award' AND p.reference = NEW.reference
              AND (p.content ->> 'grant_pence')::bigint = NEW.grant_pence
              AND p.id = (
                SELECT max(id) FROM funds_proposal WHERE kind = 'large_award' AND reference = NEW.reference
            )
        )
    """,
}


class Gated(Rule):
    """Refuse an award a state while a gate before it is shut.

    `gates` names what is missing, with SQL that is true while it is; `told` begins what the writer is told.
    """

    operation = pgtrigger.Update
    state: AwardState
    told: str
    gates: Mapping[str, str]

    def get_func(self, model: models.Model) -> str:
        gates = "\n".join(
            f"IF {missing} THEN {refuse(f'{self.told}: {what}', 'NEW.reference')} END IF;"
            for what, missing in self.gates.items()
        )
        return f"""
            IF NEW.state = '{self.state}' AND OLD.state <> NEW.state THEN
                {gates}
            END IF;
            RETURN NEW;
        """


class PreparedBeforeLetter(Gated):
    """Refuse a letter while something that must stand before it does not."""

    name = "prepared_before_letter"
    state, told, gates = AwardState.LETTER_ISSUED, "award % waits", GATES


class SecondLook(Rule):
    """Refuse a check of bank details by the person who entered them."""

    name = "second_look"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        own = "SELECT 1 FROM awards_bankdetails WHERE id = NEW.details_id AND entered_by_id = NEW.by_id"
        refusal = refuse("bank details are checked by somebody other than the person who entered them")
        return f"IF EXISTS ({own}) THEN {refusal} END IF; RETURN NEW;"


class AddsUpToTheGrant(Rule):
    """Refuse, at the end of the transaction, a spend profile that is not its partner's grant to the penny.

    What two people released as it will not be spent is not planned any more.
    """

    name = "adds_up_to_the_grant"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    timing = pgtrigger.Deferred

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("line", "awards_spendline%ROWTYPE")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF TG_OP = 'DELETE' THEN line := OLD; ELSE line := NEW; END IF;
            IF EXISTS (
                SELECT 1 FROM awards_awardpartner ap
                WHERE ap.award_id = line.award_id AND ap.organisation_id = line.organisation_id
                  AND ap.grant_pounds * 100 - {released("ap.id")} <> (
                    SELECT coalesce(sum(pence), 0) FROM awards_spendline l
                    WHERE l.award_id = ap.award_id AND l.organisation_id = ap.organisation_id
                )
            ) THEN {refuse("the spend profile of award % is not equal to its grant", "line.award_id")} END IF;
            RETURN NULL;
        """
