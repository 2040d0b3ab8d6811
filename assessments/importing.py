"""Bring in assessments that were made elsewhere. Only whole, submitted ones will ever count."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction

from accounts.actions import grant_role
from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import OFFICIAL_ROLES, OrganisationKind, Role
from assessments import rules
from assessments.actions import register_assessor
from assessments.actions.sheets import keep
from assessments.conflicts import find_blocks
from assessments.models import Assessment, Assessor, Block, Score, Seat
from assessments.scoring import content_of
from assessments.states import AssessmentState, AssessorType, DeclineReason, SeatState
from audit.models import Event
from audit.record import digest, record
from bids.importing.forms import doubles, mapped
from bids.importing.reading import json_lines
from bids.importing.values import Values
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition, Question
from infra import words
from infra.importing.report import Entry, Outcome, Report
from infra.importing.tables import Unacceptable, shown

# A word of the old portal → the seat, and whether its assessment was begun and handed in.
STATES: dict[str, tuple[SeatState, AssessmentState | None]] = {
    "created": (SeatState.INVITED, None),
    "pending": (SeatState.INVITED, None),
    "accepted": (SeatState.ACCEPTED, None),
    "open": (SeatState.ACCEPTED, AssessmentState.IN_PROGRESS),
    "ready_to_submit": (SeatState.ACCEPTED, AssessmentState.IN_PROGRESS),
    "submitted": (SeatState.ACCEPTED, AssessmentState.SUBMITTED),
    "rejected": (SeatState.DECLINED, None),
    "withdrawn": (SeatState.WITHDRAWN, None),
}
REASONS = {
    "conflict_of_interest": DeclineReason.CONFLICT,
    "conflict of interest": DeclineReason.CONFLICT,
    "not_area_of_expertise": DeclineReason.NOT_MY_AREA,
    "not my area of expertise": DeclineReason.NOT_MY_AREA,
    "too_many_assessments": DeclineReason.TOO_MANY,
    "too many assessments": DeclineReason.TOO_MANY,
}
SCORE, TEXT, IN_SCOPE, CATEGORY = (
    "ASSESSOR_SCORE",
    "TEXTAREA",
    "ASSESSOR_APPLICATION_IN_SCOPE",
    "ASSESSOR_RESEARCH_CATEGORY",
)
YES_NO = {"true": True, "yes": True, "false": False, "no": False}
CAPACITY = 8  # bids in a competition, until the assessor says otherwise
_RETRY = "The database could not keep the line. Import the file again; if it happens again, tell the support team."


class AlreadyThere(Exception):
    """The line was imported before."""


@dataclass
class AssessmentLine:
    """An assessment as it can be kept, before anything is looked up in the database."""

    bid: str
    assessor: str
    seat: SeatState
    assessment: AssessmentState | None
    reason: str
    is_in_scope: bool | None = None
    points: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def import_assessments(path: Path, competition: Competition, report: Report, at: dt.datetime) -> None:
    """Bring in the assessments of a file; those that are there already stay as they are."""
    form = list(competition.questions.order_by("position"))
    seen: dict[tuple[str, str], tuple[int, str]] = {}
    for number, content, problem in json_lines(path):
        entry = Entry(path.name, number, Outcome.ACCEPTED, shown((content or {}).get("bid") or ""))
        try:
            if content is None:
                raise Unacceptable(problem)
            if competition.state in rules.SCORES_FIXED:
                raise Unacceptable(f"the scores of {competition.reference} are fixed: it has been to its panel")
            key = digest(content)
            fields = Values(content)
            line = assessment_line(fields)
            pair = (line.bid.casefold(), line.assessor)
            first, same = seen.setdefault(pair, (number, key))
            if first != number and same != key:
                raise Unacceptable(f"Line {first} holds another assessment of this bid by the same assessor. Keep one.")
            with transaction.atomic():
                _Writer(competition, form, entry, fields, at).write(line, key)
        except AlreadyThere:
            entry.outcome, entry.changes, entry.notes = Outcome.THERE, [], []
        except (Unacceptable, Refused) as error:
            entry = Entry(path.name, number, Outcome.REFUSED, entry.subject, reason=str(error))
        except (IntegrityError, DataError) as error:
            reason = _database_reason(str(error))
            entry = Entry(path.name, number, Outcome.REFUSED, entry.subject, reason=reason)
        report.add(entry)


def _database_reason(error: str) -> str:
    if "conflict of interest" in error:
        return "A conflict of interest blocks this assessor from the bid."
    if "one_seat_per_pair" in error:
        return "This assessor was given a seat on the bid at the same moment. Import the file again."
    return _RETRY


def assessment_line(fields: Values) -> AssessmentLine:
    """Return what the line says.

    Raises:
        Unacceptable: one or more fields are missing or cannot be right.
    """
    bid = fields.text("bid", most=200)
    assessor = fields.email("assessor")
    seat, assessment = fields.choice("state", STATES) or (SeatState.INVITED, None)
    reason = fields.choice("reject_reason", REASONS) if seat == SeatState.DECLINED else ""
    line = AssessmentLine(bid, assessor, seat, assessment, reason or "")
    responses = fields.fields.get("responses") or []
    if not isinstance(responses, list) or not all(isinstance(r, Mapping) for r in responses):
        fields.wrong("“responses” must be a list of answers.")
        responses = []
    for response in responses:
        _take(response, line, fields)
    if responses and seat == SeatState.ACCEPTED and assessment is None:
        line.assessment = AssessmentState.IN_PROGRESS
    if responses and seat != SeatState.ACCEPTED:
        fields.changes.append(f"scores left out, as the seat is {seat.label.lower()}")
    if fields.problems:
        raise Unacceptable(" ".join(fields.problems))
    return line


def _take(response: Mapping[str, Any], line: AssessmentLine, fields: Values) -> None:
    """Take one answer of the score sheet."""
    kind, question, value = (response.get(key) for key in ("kind", "question", "value"))
    if not isinstance(question, str) or not question.strip():
        fields.wrong("A response names no question.")
    elif value in (None, ""):
        return
    elif kind == SCORE:
        _take_once(line.points, question, value, fields)
    elif kind == TEXT and isinstance(value, str):
        _take_once(line.texts, question, words.with_plain_line_ends(value), fields)
    elif kind == IN_SCOPE and str(value).casefold() in YES_NO:
        line.is_in_scope = YES_NO[str(value).casefold()]
    elif kind == CATEGORY:
        return
    else:
        fields.wrong(f"On “{shown(question)}” the {shown(kind)} is {shown(value)}, which cannot be used.")


def _take_once(taken: dict[str, Any], question: str, value: Any, fields: Values) -> None:
    if question in taken:
        fields.wrong(f"“{shown(question)}” is answered twice. Keep one.")
    taken[question] = value


class _Writer:
    """Writes one line into one competition, telling `entry` what it does."""

    def __init__(
        self, competition: Competition, form: list[Question], entry: Entry, fields: Values, at: dt.datetime
    ) -> None:
        self.competition, self.form, self.entry, self.at = competition, form, entry, at
        self.entry.changes += fields.changes
        self.entry.notes += fields.notes

    def write(self, line: AssessmentLine, key: str) -> None:
        """Write seat, assessment and scores, in the caller's transaction."""
        bid = self._bid(line.bid)
        self.entry.reference = bid.reference
        assessor = self._assessor(line.assessor)
        if there := Seat.objects.filter(bid=bid, assessor=assessor).first():
            self._must_be_same(there, key)
            raise AlreadyThere
        if bid.version == 0:
            raise Unacceptable(f"{bid.reference} was never submitted, so there is nothing to assess.")
        if bid.state == BidState.WITHDRAWN:
            raise Unacceptable(f"{bid.reference} was withdrawn, so it is not assessed.")
        self._must_not_be_blocked(bid, assessor)
        scores = self._scores(line) if line.seat == SeatState.ACCEPTED else []
        seat = Seat.objects.create(bid=bid, assessor=assessor, invited_at=self.at)
        self._answer(seat, line)
        if line.assessment:
            self._assess(seat, line, scores)
        record(
            "assessment.imported", f"bid:{bid.reference}", by=None, at=self.at,
            changes={
                "seat": seat, "assessor": assessor, "state": [line.seat, line.assessment], "line_sha256": key,
                "line": self.entry.line,
            },
        )  # fmt: skip

    def _bid(self, title: str) -> Bid:
        found = list(Bid.objects.filter(competition=self.competition, title__iexact=title)[:2])
        if not found:
            raise Unacceptable(
                f"{self.competition.reference} has no bid with this title. Was its line refused, or is it misspelt?"
            )
        if len(found) > 1:
            raise Unacceptable("Several bids have this title, so it is not clear which is meant.")
        return found[0]

    def _assessor(self, email: str) -> Assessor:
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            person = User.objects.create_user(email, full_name=email.partition("@")[0])
            record("person.imported", f"user:{person.pk}", by=None, at=self.at)
        if person.roles & OFFICIAL_ROLES:
            raise Unacceptable(f"{email} is an official of the fund, who reads every bid and so cannot assess.")
        if found := Assessor.objects.filter(user=person).first():
            return found
        self._give_role(person)
        self.entry.changes.append(
            "the assessor is new: registered as independent, for methodology, until they say more; they agree"
            " to the terms here before they open a bid"
        )
        return register_assessor(
            user=person, network=None, types=[AssessorType.METHODOLOGY], capacity=CAPACITY, by=None, at=self.at
        )

    def _give_role(self, person: User) -> None:
        """Let a new assessor open their pages: independents assess for the department."""
        department = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT).order_by("pk").first()
        if department:
            grant_role(user=person, organisation=department, role=Role.ASSESSOR, by=None, at=self.at)
        else:
            self.entry.notes.append("no department is registered, so the assessor has no pages until they are invited")

    def _must_be_same(self, seat: Seat, key: str) -> None:
        """Refuse a line about a seat that another line, or somebody here, has made."""
        made = Event.objects.filter(subject=f"bid:{seat.bid.reference}", verb="assessment.imported")
        if not made.filter(changes__seat=seat.pk, changes__line_sha256=key).exists():
            raise Unacceptable(
                f"This assessor has a seat on {seat.bid.reference} already, from another line or made here."
                " Change it in the portal."
            )

    def _must_not_be_blocked(self, bid: Bid, assessor: Assessor) -> None:
        known = Block.objects.filter(bid=bid, assessor=assessor).first()
        because = known.because if known else next((f.because for f in find_blocks([bid], [assessor])), "")
        if because:
            raise Unacceptable(f"A conflict of interest blocks this assessor from {bid.reference} ({because}).")

    def _answer(self, seat: Seat, line: AssessmentLine) -> None:
        """Move the seat to where it stood."""
        match line.seat:
            case SeatState.ACCEPTED:
                seat.accept(at=self.at)
            case SeatState.DECLINED:
                seat.decline(reason=line.reason, at=self.at)
            case SeatState.WITHDRAWN:
                seat.withdraw(reason="Withdrawn on the portal that this seat was imported from.")
        seat.save()

    def _scores(self, line: AssessmentLine) -> list[tuple[Question, int | None, str]]:
        """Return points and reason per scored question.

        Raises:
            Unacceptable: points that are no whole number in range, a question that has no counterpart, or a submitted
                assessment that is not whole.
        """
        names = list(dict.fromkeys([*line.points, *line.texts]))
        mapping = mapped(names, self.form)
        problems = [f"“{shown(a)}” and “{shown(b)}” are one question here. Keep one." for a, b in doubles(mapping)]
        for name in line.points:
            if name not in mapping or not mapping[name].is_scored:
                problems.append(
                    f"{self.competition.reference} asks nothing that “{shown(name)}” could be the score of."
                )
        found: dict[str, tuple[int | None, str]] = {}
        for name, question in mapping.items():
            try:
                points = self._points(line.points[name], question) if name in line.points else None
            except Refused as error:
                problems.append(f"“{shown(name)}”: {error}")
                continue
            found[question.slug] = points, line.texts.get(name, "").strip()
        scored = [q for q in self.form if q.is_scored]
        if line.assessment == AssessmentState.SUBMITTED and not problems:
            problems += [
                f"It is submitted, but “{q.heading}” has no points or no reason."
                for q in scored
                if found.get(q.slug, (None, ""))[0] is None or not found[q.slug][1]
            ]
            if line.is_in_scope is None:
                problems.append("It is submitted, but does not say whether the bid is in scope.")
        if problems:
            raise Unacceptable(" ".join(problems))
        if others := [name for name in line.texts if name not in mapping]:
            self.entry.changes.append(f"text left out, as no question matches: {', '.join(map(shown, others))}")
        for question in scored:
            over = words.over_limit(found.get(question.slug, (None, ""))[1], rules.REASON_WORDS)
            if over:
                self.entry.notes.append(f"the reason on “{question.heading}”: {over}")
        return [(q, *found[q.slug]) for q in scored if q.slug in found]

    def _points(self, value: Any, question: Question) -> int:
        return rules.points(value, min(question.max_points, 10))

    def _assess(self, seat: Seat, line: AssessmentLine, scores: list[tuple[Question, int | None, str]]) -> None:
        """Write the assessment and its scores, and hand it in if it was."""
        is_fundable = self._is_fundable(line, scores)
        assessment = Assessment.objects.create(
            seat=seat, is_in_scope=line.is_in_scope, is_fundable=is_fundable, feedback=self._feedback(line)
        )
        Score.objects.bulk_create(
            Score(assessment=assessment, question=question, points=points, reason=reason)
            for question, points, reason in scores
        )
        if line.assessment == AssessmentState.SUBMITTED:
            keep(assessment, content_of(assessment), at=self.at)
            assessment.submit(at=self.at)
            assessment.save(update_fields=["state", "submitted_at"])
            self.entry.changes.append("no time of submission in the file: the time of the import kept")

    def _is_fundable(self, line: AssessmentLine, scores: list[tuple[Question, int | None, str]]) -> bool | None:
        """Return what the old portal did not export: in scope and at or above the quality threshold is fundable."""
        if line.assessment != AssessmentState.SUBMITTED:
            return None
        earned = sum(question.weight * (points or 0) for question, points, _ in scores)
        possible = sum(question.weight * question.max_points for question, _, _ in scores)
        percent = (Decimal(100 * earned) / possible).quantize(Decimal("0.1"), ROUND_HALF_UP)
        is_fundable = bool(line.is_in_scope) and percent >= self.competition.quality_threshold
        self.entry.changes.append(
            f"suitable for funding not stated: taken as {'yes' if is_fundable else 'no'}, from {percent} % and scope"
        )
        return is_fundable

    def _feedback(self, line: AssessmentLine) -> str:
        """Return what was written on questions that are not scored, such as scope."""
        mapping = mapped(line.texts, self.form)
        return "\n\n".join(
            f"{question.heading}: {line.texts[name].strip()}"
            for name, question in mapping.items()
            if not question.is_scored
        )
