"""Set a competition up: begin from a template or an earlier one, save its parts, mark them as complete."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import digest, record
from funds import ledger, parts, queries, rules
from funds.instants import suggested
from funds.models import AskedDocument, Ceiling, Competition, Question, Strand, Stream, SubsidyRegime
from funds.parts import Part
from funds.seen import must_be_as_seen
from funds.starters.regimes import LIMITS, REGIMES, SIZES
from funds.starters.shape import Row, Starter
from funds.states import CompetitionState, EnvelopeKind

ROWS: Mapping[str, type[Strand] | type[Question] | type[AskedDocument]] = {
    Part.STRANDS: Strand,
    Part.QUESTIONS: Question,
    Part.DOCUMENTS: AskedDocument,
}


@transaction.atomic
def set_up(
    *, stream: Stream, starter: Starter, reference: str, title: str, by: User, role: str, at: dt.datetime
) -> Competition:
    """Begin a competition as a draft with all its parts still to be looked at.

    Its dates are proposed; nobody has confirmed them before the part with the dates is complete.

    Raises:
        Refused: the reference cannot be one, or another competition has it.
    """
    rules.must_hold(role, rules.SETS_UP)
    if not parts.REFERENCE.fullmatch(reference):
        raise Refused("A reference has 3 to 30 capital letters, digits and dashes, such as DHTC-R3.")
    know_regimes()
    opens_at, closes_at = suggested(at)
    try:
        with transaction.atomic():
            competition = Competition.objects.create(
                reference=reference, stream=stream, title=title, opens_at=opens_at, closes_at=closes_at,
                pot=ledger.open_envelope(stream=stream, kind=EnvelopeKind.POT), responsible_officer=by,
                parts_to_do=list(parts.MARKED), regime=SubsidyRegime.objects.get(code=starter.regime),
                **starter.fields,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(f"There is a competition {reference} already. Choose another reference.") from error
    _add_rows(competition, starter)
    record(
        "competition.set_up", competition, by=by, role=role, at=at,
        changes={"stream": stream.code, "content": digest(queries.content_of(competition))},
    )  # fmt: skip
    return competition


def _add_rows(competition: Competition, starter: Starter) -> None:
    """Give a new competition the strands, questions and documents of its starter."""
    for strand in starter.strands:
        Strand.objects.create(competition=competition, **strand)
    for position, question in enumerate(starter.questions, start=1):
        Question.objects.create(competition=competition, position=position, **question)
    for position, document in enumerate(starter.documents, start=1):
        AskedDocument.objects.create(competition=competition, position=position, **document)


def starter_of(competition: Competition) -> Starter:
    """Return what a copy of a competition begins with: everything but dates, pot, state, reference and title."""
    fields = {
        name: getattr(competition, name)
        for part, names in parts.FIELDS.items()
        for name in names
        if part != Part.DATES and name not in ("title", "regime", "responsible_officer")
    }

    def rows(part: Part, *orders: str) -> tuple[Row, ...]:
        found = ROWS[part].objects.filter(competition=competition).order_by(*orders).values()
        return tuple({k: v for k, v in row.items() if k not in ("id", "competition_id", "position")} for row in found)

    return Starter(
        about=competition.title,
        regime=competition.regime_id,
        fields=fields | {"grace_seconds": competition.grace_seconds},
        strands=rows(Part.STRANDS, "id"),
        questions=rows(Part.QUESTIONS, "position"),
        documents=rows(Part.DOCUMENTS, "position"),
    )


def know_regimes() -> None:
    """Keep the laws that a competition can stand on, with their ceilings; those that are kept already stay."""
    for code, title, legal_basis, article, valid_from, valid_to, table in REGIMES:
        regime, is_new = SubsidyRegime.objects.get_or_create(
            code=code,
            defaults={
                "title": title, "legal_basis": legal_basis, "article": article, "valid_from": valid_from,
                "valid_to": valid_to, **LIMITS.get(code, {}),
            },
        )  # fmt: skip
        if is_new:
            Ceiling.objects.bulk_create(
                Ceiling(regime=regime, category=category, size=size, percent=percent)
                for category, percents in table.items()
                for size, percent in zip(SIZES, percents, strict=True)
            )


def locked_draft(competition: Competition, role: str) -> Competition:
    """Return the competition afresh, locked until the transaction ends, if it is still being set up.

    Raises:
        Refused: the role may not set up, or the competition is published.
    """
    rules.must_hold(role, rules.SETS_UP)
    found = Competition.objects.select_for_update().get(pk=competition.pk)
    if found.state != CompetitionState.DRAFT:
        raise Refused("The competition is published, so its terms are fixed.")
    return found


@transaction.atomic
def save_part(
    *, competition: Competition, part: Part, fields: Row, is_complete: bool, by: User, role: str, at: dt.datetime,
    seen: str = "",
) -> Competition:  # fmt: skip
    """Save the fields of one part, and mark it as complete or not.

    Args:
        seen: key of the part as the writer read it (`funds.seen.key_of`); left out, nothing is compared.

    Raises:
        funds.seen.Outdated: somebody else has changed the part since.
        Refused: the competition is published, or the part is to be complete and something is wrong with it.
    """
    competition = locked_draft(competition, role)
    before = {name: getattr(competition, name) for name in parts.FIELDS[part]}
    if any(old != fields[name] for name, old in before.items()):
        must_be_as_seen(competition, parts.FIELDS[part], seen)
    for name in parts.FIELDS[part]:
        setattr(competition, name, fields[name])
    changes = {name: [told(name, old), told(name, fields[name])] for name, old in before.items() if old != fields[name]}
    _mark(competition, part, is_complete, at)
    competition.save(update_fields=[*parts.FIELDS[part], "parts_to_do"])
    record(
        "competition.part_saved", competition, by=by, role=role, at=at,
        changes={"part": part, "complete": is_complete, **changes},
    )  # fmt: skip
    return competition


@transaction.atomic
def mark_part(
    *, competition: Competition, part: Part, is_complete: bool, by: User, role: str, at: dt.datetime
) -> Competition:
    """Mark a part as complete, or as not complete yet.

    Raises:
        Refused: something is wrong with the part.
    """
    competition = locked_draft(competition, role)
    _mark(competition, part, is_complete, at)
    competition.save(update_fields=["parts_to_do"])
    record("competition.part_marked", competition, by=by, role=role, at=at, changes={part: is_complete})
    return competition


def _mark(competition: Competition, part: Part, is_complete: bool, at: dt.datetime) -> None:
    others = [name for name in competition.parts_to_do if name != part]
    competition.parts_to_do = others if is_complete else [*others, part]
    if is_complete and (wrong := parts.problems(queries.set_up_of(competition), at)[part]):
        raise Refused(" ".join(wrong))


def told(name: str, value: Any) -> Any:
    """Return a value as the record keeps it: of texts only their digest."""
    return digest(value) if name in parts.TEXTS else value
