"""Write imported bids: each line in a transaction of its own, so that a refused line changes nothing."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction

from accounts.actions import grant_role
from accounts.models import Organisation, User
from accounts.rules import Refused, is_company, size_of
from accounts.states import Role, Size
from audit.record import digest, record
from bids import costs, queries
from bids.actions.finance import pay_for, write_costs
from bids.actions.submissions import hand_in
from bids.importing.finances import Finances
from bids.importing.forms import doubles, mapped
from bids.importing.lines import BidLine, bid_line
from bids.importing.organisations import NotRegistered, named, university
from bids.importing.reading import json_lines
from bids.models import Answer, Bid, Partner
from bids.states import BidState
from funds.models import Competition, Question, Strand
from funds.references import next_reference
from funds.states import CompetitionState
from infra import words
from infra.importing.report import Entry, Outcome, Report
from infra.importing.tables import Unacceptable, shown

FOUND_INELIGIBLE_THERE = "Found ineligible on the portal that this bid was imported from."
_RETRY = "The database could not keep the line. Import the file again; if it happens again, tell the support team."


class AlreadyThere(Exception):
    """The line was imported before."""

    def __init__(self, reference: str) -> None:
        self.reference = reference


def import_bids(
    path: Path,
    competition: Competition,
    report: Report,
    at: dt.datetime,
    submitted: Callable[[Bid], Any] = lambda bid: None,
) -> None:
    """Bring in the bids of a file; those that are there already stay as they are.

    Args:
        submitted: called with each bid that has been submitted, in its transaction.
    """
    form = list(competition.questions.order_by("position"))
    strands = list(competition.strands.all())
    for number, content, problem in json_lines(path):
        subject = shown((content or {}).get("title") or "")
        entry = Entry(path.name, number, Outcome.ACCEPTED, subject)
        try:
            if content is None:
                raise Unacceptable(problem)
            key = digest({"competition": competition.reference, "line": content})
            with transaction.atomic():
                _Writer(competition, form, strands, entry, at, submitted).write(bid_line(content, at), key)
        except AlreadyThere as there:
            entry = Entry(path.name, number, Outcome.THERE, subject, there.reference)
        except (Unacceptable, Refused) as error:
            entry = Entry(path.name, number, Outcome.REFUSED, subject, reason=str(error))
        except (IntegrityError, DataError) as error:
            is_there = "imported_key" in str(error)  # somebody imports the same file at the same time
            outcome, reason = (Outcome.THERE, "") if is_there else (Outcome.REFUSED, _RETRY)
            entry = Entry(path.name, number, outcome, subject, reason=reason)
        report.add(entry)


class _Writer:
    """Writes one line into one competition, telling `entry` what it does."""

    def __init__(
        self,
        competition: Competition,
        form: list[Question],
        strands: list[Strand],
        entry: Entry,
        at: dt.datetime,
        submitted: Callable[[Bid], Any],
    ) -> None:
        self.competition, self.form, self.strands = competition, form, strands
        self.entry, self.at, self.submitted = entry, at, submitted

    def write(self, line: BidLine, key: str) -> None:
        """Write the bid, in the caller's transaction."""
        if there := Bid.objects.filter(imported_key=key).first():
            raise AlreadyThere(there.reference)
        lead = named(line.lead)
        earlier = Bid.objects.filter(competition=self.competition, lead=lead, title__iexact=line.title).first()
        if earlier:
            raise Unacceptable(
                f"{earlier.reference} of the same lead has this title already and is not the same line."
                " Change that bid instead, or give this one another title."
            )
        self.entry.changes += line.changes
        self.entry.notes += line.notes
        applicant = self._applicant(line.applicant, lead)
        bid = self._draft(line, lead, applicant, key)
        self._partners(bid, line)
        unanswered = self._answers(bid, line, applicant)
        if line.submitted_at:
            aside = line.aside | ({"answers": unanswered} if unanswered else {})
            self._hand_in(bid, line, applicant, key, aside)
        elif unanswered:
            self.entry.changes.append("the answers to them are not kept, as the bid was never submitted")
        if line.state == BidState.WITHDRAWN:
            bid.withdraw()
            bid.save(update_fields=["state"])
        self.entry.reference = bid.reference

    def _applicant(self, email: str, lead: Organisation) -> User:
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            person = User.objects.create_user(email, full_name=email.partition("@")[0])
            record("person.imported", f"user:{person.pk}", by=None, at=self.at)
        elif person.is_staff:
            raise Unacceptable(f"The applicant {email} is an official of this portal, who cannot be an applicant.")
        grant_role(user=person, organisation=lead, role=Role.APPLICANT, by=None, at=self.at)
        return person

    def _strand(self, line: BidLine) -> Strand:
        """Return the strand that takes the category and, of several, the cost."""
        fitting = [s for s in self.strands if line.category in s.categories]
        if not fitting:
            self.entry.notes.append(f"no strand takes {line.category.label.lower()}")
            return self.strands[0]
        cost = sum(costs.partner_cost(f.lines) for f in line.finances.values())
        in_range = [s for s in fitting if s.cost_min_pounds <= cost <= s.cost_max_pounds]
        return (in_range or fitting)[0]

    def _draft(self, line: BidLine, lead: Organisation, applicant: User, key: str) -> Bid:
        number, reference = next_reference(Bid, "B")
        bid = Bid.objects.create(
            id=number, reference=reference, competition=self.competition, strand=self._strand(line), lead=lead,
            created_by=applicant, created_at=self.at, title=line.title, category=line.category,
            start_on=line.start_on, months=line.months, imported_key=key,
        )  # fmt: skip
        record(
            "bid.imported", bid, by=None, at=self.at,
            changes={
                "competition": self.competition.reference, "lead": lead, "line_sha256": key, "line": self.entry.line,
            },
        )  # fmt: skip
        return bid

    def _partners(self, bid: Bid, line: BidLine) -> None:
        members = {line.lead: bid.lead}
        for name in line.partners:
            if found := self._member(name):
                members[name] = found
        seen: set[int] = set()
        for name, organisation in members.items():
            if organisation.pk in seen:
                self.entry.changes.append(f"“{name}” is a partner already under another spelling: left out")
                continue
            seen.add(organisation.pk)
            finances = line.finances.get(name)
            partner = Partner.objects.create(
                bid=bid, organisation=organisation, is_lead=organisation.pk == bid.lead_id,
                size=self._size(organisation, finances),
            )  # fmt: skip
            if finances:
                write_costs(bid, partner, finances.lines, finances.working_days, by=None, at=self.at)
                pay_for(partner, percent=Decimal(finances.percent), other_public_pounds=finances.other_public)

    def _member(self, name: str) -> Organisation | None:
        try:
            return named(name)
        except NotRegistered:
            pass
        if made := university(name, self.at):
            self.entry.changes.append(f"“{name}” was not registered: registered as a university, not verified")
            return made
        self.entry.changes.append(
            f"partner “{name}” left out, as it is not registered: register it and add it to the bid by hand"
        )
        return None

    def _size(self, organisation: Organisation, finances: Finances | None) -> str:
        usual = size_of(organisation.kind, organisation.size)
        if not finances or not finances.size or finances.size == usual:
            return usual
        if not is_company(organisation.kind):
            self.entry.changes.append(f"{organisation.name} is not a business, so its size is left out")
            return usual
        self.entry.notes.append(
            f"{organisation.name} claims as {Size(finances.size).label.lower()}; it is registered as"
            f" {Size(usual).label.lower()}"
        )
        return finances.size

    def _answers(self, bid: Bid, line: BidLine, applicant: User) -> dict[str, str]:
        """Write the answers that have a question here; return the others."""
        mapping = mapped(line.answers, self.form)
        for one, other in doubles(mapping)[:1]:
            raise Unacceptable(f"“{shown(one)}” and “{shown(other)}” are one question here. Keep one answer.")
        for name, question in mapping.items():
            text = line.answers[name]
            over = words.over_limit(text, question.word_limit)
            if over:
                self.entry.notes.append(f"“{question.heading}”: {over}")
            Answer.objects.create(
                bid=bid, question=question, text=text, is_complete=not over and words.count(text) > 0,
                saved_by=applicant, saved_at=self.at,
            )  # fmt: skip
        others = {name: text for name, text in line.answers.items() if name not in mapping}
        if others:
            named_questions = ", ".join(f"“{shown(name)}”" for name in others)
            self.entry.changes.append(f"no question of {self.competition.reference} answers to {named_questions}")
        return others

    def _hand_in(self, bid: Bid, line: BidLine, applicant: User, key: str, aside: dict[str, Any]) -> None:
        """Submit with the time of the old portal; what it kept and we do not stays in the version's content."""
        assert line.submitted_at is not None  # noqa: S101 - a type, not a check
        self._note_rules(bid, line.submitted_at)
        content = queries.content_of(bid) | {"imported": aside}
        hand_in(
            bid, content, by=applicant, at=self.at, first_contact=line.submitted_at, key=key, grace=False,
            is_imported=True,
        )  # fmt: skip
        self.submitted(bid)
        if line.state == BidState.INELIGIBLE:
            bid.find_ineligible(reason=FOUND_INELIGIBLE_THERE)
            bid.save(update_fields=["state", "ineligible_reason"])
            record(
                "bid.found_ineligible",
                bid,
                by=None,
                at=self.at,
                changes={"reason_sha256": digest(bid.ineligible_reason)},
            )

    def _note_rules(self, bid: Bid, submitted_at: dt.datetime) -> None:
        """Note which rules of the competition the bid breaks; it was accepted elsewhere under other rules."""
        found = queries.problems(bid, submitted_at.date())
        lacking = sum(p.section == "questions" for p in found)
        if lacking:
            self.entry.notes.append(f"{lacking} of {len(self.form)} questions have no complete answer")
        self.entry.notes += [p.sentence for p in found if p.section != "questions"]
        call = self.competition
        if call.state != CompetitionState.DRAFT and not call.opens_at <= submitted_at <= call.closes_at:
            self.entry.notes.append("submitted outside the dates of this competition")
