"""Ask about a competition, answer the person or everybody, and correct what was published."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from audit.record import digest, record
from funds import rules
from funds.changes import show_change
from funds.enquiry_rules import MOST_A_DAY, must_not_name, plain_answer, plain_question
from funds.models import Competition, Enquiry, PublishedAnswer
from funds.notices import tell_bidders
from funds.states import ChangeKind, CompetitionState, EnquiryState


@transaction.atomic
def ask(*, competition: Competition, text: str, by: User, at: dt.datetime) -> Enquiry:
    """Ask a question about an open competition; the same question that still waits is not asked twice.

    Raises:
        Refused: the competition is not open, the text is empty or too long, or the person has asked too often today.
    """
    text = plain_question(text)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not rules.is_open(competition.state, competition.opens_at, competition.closes_at, at):
        raise Refused("Questions can be asked while a competition is open. This one is not open now.")
    waiting = Enquiry.objects.filter(competition=competition, asked_by=by, text=text, state=EnquiryState.ASKED)
    if same := waiting.first():
        return same
    if Enquiry.objects.filter(asked_by=by, asked_at__gt=at - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(f"You have asked {MOST_A_DAY} questions in 24 hours. Ask the next one tomorrow.")
    enquiry = Enquiry.objects.create(competition=competition, asked_by=by, asked_at=at, text=text)
    changes = {"competition": competition.reference, "text_sha256": digest(text)}
    record("enquiry.asked", enquiry, by=by, at=at, changes=changes)
    tell(
        "enquiry_asked", to=competition.responsible_officer, key=f"enquiry.asked/{enquiry.pk}", at=at,
        path=reverse("enquiry", args=[enquiry.pk]), competition=competition, enquiry=enquiry,
    )  # fmt: skip
    return enquiry


def _locked(enquiry: Enquiry, role: str) -> Enquiry:
    """Return an enquiry read anew and locked after its competition, for somebody who may answer it."""
    if role not in rules.SETS_UP:
        raise Refused("Only fund managers answer questions from bidders.")
    Competition.objects.select_for_update(no_key=True).get(pk=enquiry.competition_id)
    rows = Enquiry.objects.select_for_update(no_key=True, of=("self",)).select_related("competition", "asked_by")
    return rows.get(pk=enquiry.pk)


@transaction.atomic
def answer_privately(*, enquiry: Enquiry, answer: str, by: User, role: str, at: dt.datetime) -> Enquiry:
    """Answer the person who asked, and nobody else.

    Raises:
        Refused: it has been answered already, or the answer is empty or too long.
    """
    enquiry = _locked(enquiry, role)
    answer = plain_answer(answer)
    if enquiry.state != EnquiryState.ASKED:
        raise Refused("Somebody has answered this question already. Open it again to read the answer.")
    enquiry.answer_privately()
    enquiry.answer, enquiry.answered_by, enquiry.answered_at = answer, by, at
    enquiry.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record("enquiry.answered", enquiry, by=by, role=role, at=at, changes={"answer_sha256": digest(answer)})
    tell(
        "enquiry_answered", to=enquiry.asked_by, key=f"enquiry.answered/{enquiry.pk}", at=at,
        path=reverse("my_enquiries"), competition=enquiry.competition, enquiry=enquiry,
    )  # fmt: skip
    return enquiry


@transaction.atomic
def publish_answer(
    *, enquiry: Enquiry, question: str, answer: str, by: User, role: str, at: dt.datetime
) -> PublishedAnswer:
    """Answer for everybody who reads the competition, without naming the person who asked.

    Raises:
        Refused: it is published already, a text is empty or too long, or it names the person who asked.
    """
    enquiry = _locked(enquiry, role)
    if enquiry.state == EnquiryState.PUBLISHED:
        raise Refused("This answer is published already. Correct the published answer instead.")
    if enquiry.competition.state == CompetitionState.DRAFT:
        raise Refused("The competition is not published.")
    question, answer = plain_question(question), plain_answer(answer)
    must_not_name(f"{question}\n{answer}", _names_of(enquiry.asked_by))
    if enquiry.state == EnquiryState.ASKED:
        enquiry.answered_by, enquiry.answered_at = by, at
    enquiry.publish()
    enquiry.save(update_fields=["state", "answered_by", "answered_at"])
    number = PublishedAnswer.objects.filter(competition=enquiry.competition, version=1).count() + 1
    published = PublishedAnswer.objects.create(
        competition=enquiry.competition, number=number, enquiry=enquiry, question=question, answer=answer,
        published_at=at, at=at, by=by,
    )  # fmt: skip
    record(
        "enquiry.published", enquiry, by=by, role=role, at=at,
        changes={"number": number, "question_sha256": digest(question), "answer_sha256": digest(answer)},
    )  # fmt: skip
    told: dict[str, Any] = {
        "key": f"enquiry.published/{enquiry.pk}",
        "path": _place(enquiry.competition, number),
        "question": question,
        "answer": answer,
        "is_corrected": False,
    }
    tell("answer_published", to=enquiry.asked_by, competition=enquiry.competition, at=at, **told)
    tell_bidders(enquiry.competition, "answer_published", at=at, **told)
    return published


@transaction.atomic
def correct_answer(
    *, published: PublishedAnswer, question: str, answer: str, by: User, role: str, at: dt.datetime
) -> PublishedAnswer:
    """Publish a new version of an answer; the earlier one stays on the record. The same words change nothing.

    Raises:
        Refused: somebody else has corrected it meanwhile, or a text is empty, too long or names who asked.
    """
    if role not in rules.SETS_UP:
        raise Refused("Only fund managers correct published answers.")
    competition = Competition.objects.select_for_update(no_key=True).get(pk=published.competition_id)
    rows = PublishedAnswer.objects.filter(competition=competition, number=published.number)
    newest = rows.select_related("enquiry__asked_by").latest("version")
    if newest.version != published.version:
        raise Refused("Somebody has corrected this answer meanwhile. Open it again.")
    question, answer = plain_question(question), plain_answer(answer)
    if (question, answer) == (newest.question, newest.answer):
        return newest
    if newest.enquiry:
        must_not_name(f"{question}\n{answer}", _names_of(newest.enquiry.asked_by))
    corrected = PublishedAnswer.objects.create(
        competition=competition, number=newest.number, version=newest.version + 1, enquiry=newest.enquiry,
        question=question, answer=answer, published_at=newest.published_at, at=at, by=by,
    )  # fmt: skip
    show_change(competition, ChangeKind.ANSWER, f"The answer to question {newest.number} was changed.", by=by, at=at)
    tell_bidders(
        competition, "answer_published", key=f"answer.corrected/{corrected.pk}", at=at,
        path=_place(competition, newest.number), question=question, answer=answer, is_corrected=True,
    )  # fmt: skip
    record(
        "answer.corrected", competition, by=by, role=role, at=at,
        changes={
            "number": newest.number,
            "question_sha256": [digest(newest.question), digest(question)],
            "answer_sha256": [digest(newest.answer), digest(answer)],
        },
    )  # fmt: skip
    return corrected


def _place(competition: Competition, number: int) -> str:
    """Return the address at which a published answer stands."""
    return f"{reverse('competition_answers', args=[competition.reference])}#answer-{number}"


def _names_of(person: User) -> set[str]:
    """Return the names by which a person can be told: their own, their address, and their organisations'."""
    return {person.full_name, person.email} | {membership.organisation.name for membership in person.held}
