"""What the ledger and the approvals enforce by trigger, and the table that says how entries move counters."""

from collections.abc import Iterable

import pgtrigger
from django.db import models

from audit.database import FrozenWith, Rule, refuse
from funds.states import CompetitionState
from funds.states import EntryKind as E

LEVELS = ("stream", "year", "pot", "award")  # also the order in which counters are locked
_EVERYWHERE = LEVELS


def _all(counter: str, sign: int) -> dict[str, dict[str, int]]:
    return {level: {counter: sign} for level in _EVERYWHERE}


# Entry kind → level → counter → +1 or −1 times the amount.
MOVES: dict[str, dict[str, dict[str, int]]] = {
    E.APPROPRIATION: {"year": {"cap": 1}, "stream": {"cap": 1}},
    E.WITHDRAWAL: {"year": {"cap": -1}, "stream": {"cap": -1}},
    E.ALLOCATED: {"pot": {"cap": 1}, "stream": {"allocated": 1}},
    E.DEALLOCATED: {"pot": {"cap": -1}, "stream": {"allocated": -1}},
    E.COMMITTED: _all("committed", 1) | {"award": {"cap": 1, "committed": 1}},
    E.RELEASED: _all("committed", -1) | {"award": {"cap": -1, "committed": -1}},
    E.INSTRUCTED: _all("instructed", 1),
    E.RETURNED: _all("instructed", -1),
    E.PAID: _all("paid", 1),
    E.RECOVERED: {level: {"paid": -1, "instructed": -1} for level in LEVELS},
}
NEED_APPROVAL = (E.APPROPRIATION, E.WITHDRAWAL, E.ALLOCATED, E.DEALLOCATED)
_KINDS_NEEDING_APPROVAL = ", ".join(f"'{k}'" for k in NEED_APPROVAL)
CHANGES_A_CAP = f"NEW.kind IN ({_KINDS_NEEDING_APPROVAL})"
COUNTERS = ("cap", "allocated", "committed", "instructed", "paid")

# How an entry finds its envelope at each level.
_JOIN = {
    "award": "e.id = n.award_id AND e.kind = 'award' AND e.stream_id = n.stream_id",
    "pot": "e.id = n.pot_id AND e.kind = 'pot' AND e.stream_id = n.stream_id",
    "year": "e.stream_id = n.stream_id AND e.kind = 'year' AND e.year = n.year",
    "stream": "e.stream_id = n.stream_id AND e.kind = 'stream'",
}
_KEYS = {"award": "award_id, stream_id", "pot": "pot_id, stream_id", "year": "stream_id, year", "stream": "stream_id"}


class MovesCounters(Rule):
    """Move the counters of new ledger entries; their CHECK constraints refuse what does not fit.

    It runs once for a statement, however many entries it writes: each counter is moved once, by their sum. So a run of
    thousands of payments does not write the same counter thousands of times.
    """

    name = "moves_counters"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    level = pgtrigger.Statement
    referencing = pgtrigger.Referencing(new="entries")

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("lost", "text")]

    def get_func(self, model: models.Model) -> str:
        return "\n".join(self._move(level) for level in LEVELS) + "\nRETURN NULL;"

    def _move(self, level: str) -> str:
        moves = {str(kind): levels[level] for kind, levels in MOVES.items() if level in levels}
        kinds = ", ".join(f"'{kind}'" for kind in moves)
        names = [name for name in COUNTERS if any(name in moved for moved in moves.values())]
        sums = ", ".join(
            f"sum(CASE kind {' '.join(f"WHEN '{k}' THEN {m[name]} * pence" for k, m in moves.items() if name in m)}"
            f" ELSE 0 END) AS {name}"
            for name in names
        )
        return f"""
            SELECT n.reference INTO lost FROM entries n WHERE n.kind IN ({kinds})
                AND NOT EXISTS (SELECT 1 FROM funds_envelope e WHERE {_JOIN[level]}) LIMIT 1;
            IF FOUND THEN {refuse(f"no {level} envelope for entry %", "lost")} END IF;
            UPDATE funds_envelope e SET {", ".join(f"{name}_pence = e.{name}_pence + n.{name}" for name in names)}
            FROM (SELECT {_KEYS[level]}, {sums} FROM entries WHERE kind IN ({kinds}) GROUP BY {_KEYS[level]}) n
            WHERE {_JOIN[level]};
        """


class NeedsApprovedProposal(Rule):
    """Refuse a new row unless its proposal carries a second person's approval.

    Args:
        only_if: SQL condition on NEW that says which rows need one.
    """

    name = "needs_approved_proposal"
    operation = pgtrigger.Insert

    def __init__(self, *, only_if: str = "TRUE") -> None:
        self.only_if = only_if
        super().__init__()

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF {self.only_if} AND NOT EXISTS (
                SELECT 1 FROM funds_approval WHERE proposal_id = NEW.proposal_id
            ) THEN {refuse(f"a {model._meta.verbose_name} needs a second person's approval")} END IF;
            RETURN NEW;
        """


class AsApproved(Rule):
    """Refuse an entry that changes a cap by another sum, in another stream, year or competition than was approved."""

    name = "as_approved"
    operation = pgtrigger.Insert

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("approved", "jsonb")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF {CHANGES_A_CAP} AND NEW.proposal_id IS NOT NULL THEN
                SELECT content INTO approved FROM funds_proposal WHERE id = NEW.proposal_id;
                IF abs((approved ->> 'pence')::bigint) IS DISTINCT FROM NEW.pence
                   OR (NEW.year <> '' AND approved ->> 'year' IS DISTINCT FROM NEW.year)
                   OR (approved ? 'stream' AND NOT EXISTS (
                       SELECT 1 FROM funds_stream WHERE id = NEW.stream_id AND code = approved ->> 'stream'))
                   OR (approved ? 'competition' AND NOT EXISTS (
                       SELECT 1 FROM funds_competition
                       WHERE pot_id = NEW.pot_id AND reference = approved ->> 'competition'))
                THEN {refuse("entry % is not what was approved", "NEW.reference")} END IF;
            END IF;
            RETURN NEW;
        """


class OnlyByEntries(Rule):
    """Refuse an envelope that does not begin at zero; the web role may not update one at all."""

    name = "only_by_entries"
    operation = pgtrigger.Insert
    revokes = ("UPDATE", "DELETE")

    def get_func(self, model: models.Model) -> str:
        any_set = " OR ".join(f"NEW.{name}_pence <> 0" for name in COUNTERS)
        return f"IF {any_set} THEN {refuse('an envelope begins at zero: post a ledger entry')} END IF; RETURN NEW;"


class NotTheMaker(Rule):
    """Refuse an approval by the maker, and one of a proposal that a newer one has replaced or that was sent back."""

    name = "not_the_maker"
    operation = pgtrigger.Insert

    def get_declare(self, model: models.Model) -> list[tuple[str, str]]:
        return [("proposal", "funds_proposal%ROWTYPE")]

    def get_func(self, model: models.Model) -> str:
        return f"""
            SELECT * INTO proposal FROM funds_proposal WHERE id = NEW.proposal_id FOR UPDATE;
            IF EXISTS (SELECT 1 FROM funds_sentback WHERE proposal_id = NEW.proposal_id) THEN
                {refuse("%:% was sent back", "proposal.kind", "proposal.reference")}
            END IF;
            IF proposal.by_id = NEW.by_id THEN
                {refuse("the person who proposed %:% cannot approve it", "proposal.kind", "proposal.reference")}
            END IF;
            IF EXISTS (
                SELECT 1 FROM funds_proposal newer
                WHERE newer.kind = proposal.kind AND newer.reference = proposal.reference AND newer.id > proposal.id
            ) THEN {refuse("%:% has changed since: approve the newest proposal", "proposal.kind", "proposal.reference")}
            END IF;
            RETURN NEW;
        """


class NotYetApproved(Rule):
    """Refuse to send back a proposal that somebody has approved."""

    name = "not_yet_approved"
    operation = pgtrigger.Insert

    def get_func(self, model: models.Model) -> str:
        return f"""
            PERFORM 1 FROM funds_proposal WHERE id = NEW.proposal_id FOR UPDATE;
            IF EXISTS (SELECT 1 FROM funds_approval WHERE proposal_id = NEW.proposal_id) THEN
                {refuse("a proposal that is approved cannot be sent back")}
            END IF;
            RETURN NEW;
        """


def _but(row: str, columns: Iterable[str]) -> str:
    """Return SQL for a row as JSON without some of its columns."""
    return f"(to_jsonb({row}) - ARRAY[{', '.join(repr(c) for c in columns)}]::text[])"


class FixedOnceOut(Rule):
    """Refuse every change of a row that has left its draft, but for `may_change`; refuse its deletion too."""

    name = "frozen"
    operation = pgtrigger.Update | pgtrigger.Delete

    def __init__(self, *, may_change: Iterable[str]) -> None:
        self.may_change = tuple(may_change)
        super().__init__()

    def get_func(self, model: models.Model) -> str:
        refusal = refuse(f"this {model._meta.verbose_name} is % and cannot be changed", "OLD.state")
        return f"""
            IF TG_OP = 'DELETE' THEN
                IF OLD.state <> 'draft' THEN {refusal} END IF;
                RETURN OLD;
            END IF;
            IF OLD.state <> 'draft' AND {_but("NEW", self.may_change)} <> {_but("OLD", self.may_change)} THEN
                {refusal}
            END IF;
            RETURN NEW;
        """


class EditVoidsContent(Rule):
    """Forget which content was put forward as soon as a draft changes, so that only what was read can be published.

    Args:
        besides: columns that are no part of what is put forward.
    """

    name = "edit_voids_content"
    operation = pgtrigger.Update

    def __init__(self, *, besides: Iterable[str]) -> None:
        self.besides = tuple(besides)
        super().__init__()

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF OLD.state = 'draft' AND NEW.content_sha256 = OLD.content_sha256
               AND {_but("NEW", self.besides)} <> {_but("OLD", self.besides)} THEN
                NEW.content_sha256 := '';
            END IF;
            RETURN NEW;
        """


class PartVoidsContent(Rule):
    """Forget which content of a competition was put forward when one of its strands, questions or the like changes."""

    name = "part_voids_content"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def get_func(self, model: models.Model) -> str:
        return """
            UPDATE funds_competition SET content_sha256 = ''
            WHERE id = coalesce(NEW.competition_id, OLD.competition_id) AND state = 'draft' AND content_sha256 <> '';
            RETURN NULL;
        """


class AskedAsPublished(FrozenWith):
    """Let a question of a published competition change only where nobody is harmed: guidance, and more words."""

    def get_func(self, model: models.Model) -> str:
        mild = ("guidance", "word_limit")
        return f"""
            IF TG_OP = 'UPDATE' AND NEW.word_limit >= OLD.word_limit AND {_but("NEW", mild)} = {_but("OLD", mild)} THEN
                {self._look(model, "OLD")}
                IF parent_state = '{CompetitionState.PUBLISHED}' THEN RETURN NEW; END IF;
            END IF;
            {super().get_func(model)}
        """


class DeadlineMovesByTwo(Rule):
    """Refuse to move the deadline of a competition that is out unless the newest proposal of this move is approved."""

    name = "deadline_moves_by_two"
    operation = pgtrigger.Update

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF OLD.state <> 'draft' AND NEW.closes_at IS DISTINCT FROM OLD.closes_at THEN
                IF NEW.closes_at < OLD.closes_at THEN
                    {refuse("the deadline of % can only be later", "NEW.reference")}
                END IF;
                IF NOT EXISTS (
                    SELECT 1 FROM funds_proposal p JOIN funds_approval a ON a.proposal_id = p.id
                    WHERE p.kind = 'deadline' AND p.reference = NEW.reference
                      AND (p.content ->> 'before')::timestamptz = OLD.closes_at
                      AND (p.content ->> 'after')::timestamptz = NEW.closes_at
                      AND p.id = (SELECT max(id) FROM funds_proposal
                                  WHERE kind = 'deadline' AND reference = NEW.reference)
                ) THEN {refuse("the deadline of % moves by two people", "NEW.reference")} END IF;
            END IF;
            RETURN NEW;
        """


class ApprovedBefore(Rule):
    """Refuse entering a state unless the newest proposal of this very content carries the approvals named.

    Args:
        kind: kind of proposal that the model's rows are the subject of.
        gates: state → steps that must each have been approved.
    The model needs the columns `reference` and `content_sha256`.
    """

    operation = pgtrigger.Insert | pgtrigger.Update

    def __init__(self, *, kind: str, gates: dict[str, Iterable[str]], field: str = "state") -> None:
        self.kind = kind
        self.gates = {str(state): tuple(steps) for state, steps in gates.items()}
        self.field = field
        super().__init__(name="approved_before")

    def get_func(self, model: models.Model) -> str:
        checks = []
        for state, steps in self.gates.items():
            for step in steps:
                checks.append(f"""
                    IF NEW.{self.field} = '{state}'
                       AND (TG_OP = 'INSERT' OR OLD.{self.field} IS DISTINCT FROM NEW.{self.field})
                       AND NOT EXISTS (
                        SELECT 1 FROM funds_approval a JOIN funds_proposal p ON p.id = a.proposal_id
                        WHERE p.kind = '{self.kind}' AND p.reference = NEW.reference AND a.step = '{step}'
                          AND p.content_sha256 = NEW.content_sha256
                          AND p.id = (SELECT max(id) FROM funds_proposal
                                      WHERE kind = '{self.kind}' AND reference = NEW.reference)
                       ) THEN {refuse(f"{self.kind} % cannot be {state} without the approval {step}", "NEW.reference")}
                    END IF;""")
        return "\n".join(checks) + "\nRETURN NEW;"
