"""What the database enforces about claims: within the grant, fixed but for adjustments, reports before money."""

import pgtrigger
from django.db import models

from audit.database import Frozen, Rule, refuse
from awards.report_schedule import BANDS, CLAIMS_A_YEAR, Band
from awards.states import ClaimState, ReportKind, ReportState, UnderspendState

COUNTED = "('submitted', 'reviewed', 'approved', 'instructed', 'paid', 'returned')"
# The spend of a claim less what the monitoring officer disallows.
_ELIGIBLE = """
    (SELECT coalesce(sum(l.pence - coalesce(a.pence, 0)), 0) FROM awards_claimline l
     LEFT JOIN awards_adjustment a ON a.line_id = l.id WHERE l.claim_id = NEW.id)
"""


def released(part: str) -> str:
    """Return SQL for the pence of a partner's grant that two people released, as it will not be spent."""
    return f"""
        (SELECT coalesce(sum(pence), 0) FROM awards_underspend
         WHERE part_id = {part} AND state = '{UnderspendState.RELEASED}')
    """


class FixedButForAdjustments(Frozen):
    """Freeze a claim, but let its sums follow what is disallowed of its items while the monitoring officer has it."""

    def get_func(self, model: models.Model) -> str:
        others = [f for f in self.fields if f not in ("eligible_pence", "grant_pence", "content_sha256")]
        columns = [model._meta.get_field(f).column for f in others]  # type: ignore[union-attr]
        same = " AND ".join(f"NEW.{c} IS NOT DISTINCT FROM OLD.{c}" for c in columns)
        return f"""
            IF TG_OP = 'UPDATE' AND OLD.state = '{ClaimState.SUBMITTED}' AND NEW.state = OLD.state
               AND NEW.eligible_pence <> OLD.eligible_pence AND {same} AND NEW.eligible_pence = {_ELIGIBLE}
            THEN RETURN NEW; END IF;
            {super().get_func(model)}
        """


# The first category in which a partner's claims come to more than its eligible cost, once this claim counts.
_OVERSPENT = f"""
    SELECT category INTO over FROM (
        SELECT l.category, sum(l.pence - coalesce(a.pence, 0)) AS pence FROM awards_claimline l
        JOIN awards_claim c ON c.id = l.claim_id LEFT JOIN awards_adjustment a ON a.line_id = l.id
        WHERE c.award_id = NEW.award_id AND c.organisation_id = NEW.organisation_id
          AND (c.id = NEW.id OR c.state IN {COUNTED}) GROUP BY l.category
    ) spent WHERE spent.pence > coalesce((part.costs ->> category)::bigint, 0) * 100 ORDER BY category LIMIT 1
"""


class WithinTheGrant(Rule):
    """Refuse a claim above its rate, or what is left of the partner's grant or of a category; two take turns."""

    name = "within_the_grant"
    operation = pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("part", "awards_awardpartner%ROWTYPE"), ("used", "bigint"), ("over", "text")]

    def get_func(self, model: models.Model) -> str:
        above_category = refuse("claim % is above what is left of %", "NEW.reference", "over")
        above_rate = refuse("claim % asks for more than its rate", "NEW.reference")
        above_grant = refuse("claim % is above what is left of the grant", "NEW.reference")
        return f"""
            IF NEW.state IN {COUNTED} AND (OLD.state NOT IN {COUNTED} OR NEW.grant_pence <> OLD.grant_pence
                OR NEW.eligible_pence <> OLD.eligible_pence) THEN
                SELECT * INTO part FROM awards_awardpartner
                WHERE award_id = NEW.award_id AND organisation_id = NEW.organisation_id FOR NO KEY UPDATE;
                IF NEW.grant_pence > floor(NEW.eligible_pence * part.percent / 100) THEN {above_rate} END IF;
                SELECT coalesce(sum(grant_pence), 0) INTO used FROM awards_claim
                WHERE award_id = NEW.award_id AND organisation_id = NEW.organisation_id AND id <> NEW.id
                  AND state IN {COUNTED};
                IF used + NEW.grant_pence + {released("part.id")} > part.grant_pounds * 100 THEN {above_grant} END IF;
                {_OVERSPENT};
                IF FOUND THEN {above_category} END IF;
            END IF;
            RETURN NEW;
        """


class ReportsBeforeMoney(Rule):
    """Refuse to approve a claim without the report that it needs, and to pay the last without the final report."""

    name = "reports_before_money"
    operation = pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("award", "awards_award%ROWTYPE"), ("last", "int"), ("is_first", "bool"), ("needed", "text")]

    def get_func(self, model: models.Model) -> str:
        needs = " ".join(f"WHEN award.grant_pence > {b.above_pounds * 100} THEN {_kind_if_due(b)}" for b in BANDS)
        return f"""
            IF NEW.state = OLD.state OR NEW.state NOT IN ('{ClaimState.APPROVED}', '{ClaimState.INSTRUCTED}') THEN
                RETURN NEW;
            END IF;
            SELECT * INTO award FROM awards_award WHERE id = NEW.award_id;
            SELECT ceil((extract(year FROM a) * 12 + extract(month FROM a)) / 3) INTO last
            FROM age(award.ends_on + 1, award.starts_on) a;
            is_first := NOT EXISTS (
                SELECT 1 FROM awards_claim WHERE award_id = NEW.award_id AND organisation_id = NEW.organisation_id
                AND number < NEW.number AND state IN {COUNTED}
            );
            needed := CASE {needs} END;
            IF needed IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM awards_report WHERE claim_id = NEW.id AND kind = needed
                AND state = '{ReportState.ACCEPTED}'
            ) THEN {refuse("claim % waits for an accepted report: %", "NEW.reference", "needed")} END IF;
            IF NEW.state = '{ClaimState.INSTRUCTED}' AND NEW.number >= last AND NOT EXISTS (
                SELECT 1 FROM awards_report WHERE award_id = NEW.award_id AND kind = '{ReportKind.FINAL}'
                AND state = '{ReportState.ACCEPTED}'
            ) THEN {refuse("claim % is the last: it waits for the final report", "NEW.reference")} END IF;
            RETURN NEW;
        """


def _kind_if_due(band: Band) -> str:
    """Return SQL for the report that a claim of an award of this band needs, NULL for none."""
    due = ["NEW.number >= last"]
    due += ["TRUE"] if band.with_each else []
    due += ["is_first"] if band.with_first else []
    due += [f"NEW.number % {CLAIMS_A_YEAR} = 0"] if band.with_anniversaries else []
    return f"CASE WHEN {' OR '.join(due)} THEN '{band.kind}' END"


class WithinItsLine(Rule):
    """Refuse to disallow more of an item than it cost."""

    name = "within_its_line"
    operation = pgtrigger.Insert | pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.pence > (SELECT pence FROM awards_claimline WHERE id = NEW.line_id) THEN
                {refuse("more is disallowed than the item cost")}
            END IF;
            RETURN NEW;
        """


class NoMoreThanIsLeft(Rule):
    """Refuse to release more of a partner's grant than its claims and earlier releases leave; claims take turns."""

    name = "no_more_than_is_left"
    operation = pgtrigger.Update

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("part", "awards_awardpartner%ROWTYPE"), ("used", "bigint")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF NEW.state = '{UnderspendState.RELEASED}' AND OLD.state <> NEW.state THEN
                SELECT * INTO part FROM awards_awardpartner WHERE id = NEW.part_id FOR NO KEY UPDATE;
                SELECT coalesce(sum(grant_pence), 0) INTO used FROM awards_claim
                WHERE award_id = part.award_id AND organisation_id = part.organisation_id AND state IN {COUNTED};
                IF used + {released("part.id")} + NEW.pence > part.grant_pounds * 100 THEN
                    {refuse("% releases more than is left of the grant", "NEW.reference")}
                END IF;
            END IF;
            RETURN NEW;
        """
