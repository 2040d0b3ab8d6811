"""What stands around the open round of the demo: files that help to bid, questions with answers, and who saved it."""

import datetime as dt
from io import BytesIO
from typing import Any

from django.db import transaction
from weasyprint import HTML

from accounts.states import Role
from funds.actions import enquiries, saving, supporting
from funds.models import Competition
from infra.demo.people import People

PAGE = "<html lang=en><title>{title}</title><h1>{title}</h1><p>For demonstration only.</p><p>{text}</p></html>"
FILES = [
    ("Guidance on match funding", "Match funding is money of your own or of others that is there when it is needed. "
     "Public money never counts. We verify every source before a letter is issued."),
    ("Guidance on eligible costs", "Labour is the gross cost of a year divided by the working days of that year. "
     "Overheads are 20% of labour, or what your workings show."),
]  # fmt: skip
ANSWERED = [
    ("May an NHS trust be a partner and claim its costs?",
     "Yes. It counts as not being a business: its costs are met in full, within 30% of the project’s costs."),
    ("Our investor pays in two parts. Can both count?",
     "Yes, if each is there before the month in which you need it, and each has its own evidence."),
]  # fmt: skip
WAITING = "Is VAT that we cannot recover an eligible cost?"
PRIVATE = ("We are changing our year end. Which accounts do you want?", "The last ones that are signed.")


@transaction.atomic
def explain(competition: Competition, people: People, now: dt.datetime) -> int:
    """Give the open round its files, answers and a question that waits, once; return how many files it has."""
    if not competition.supporting_files.exists():
        day, manager = dt.timedelta(days=1), people.managers[0]
        for title, text in FILES:
            paper = BytesIO(HTML(string=PAGE.format(title=title, text=text)).write_pdf())
            supporting.add_file(
                competition=competition, file=paper, filename=f"{title}.pdf", title=title, by=manager,
                role=Role.FUND_MANAGER, at=now - 13 * day,
            )  # fmt: skip
        _answer(competition, people, now)
        for company in people.companies[-3:]:
            person = people.applicants[company.pk]
            saving.save_competition(competition=competition, by=person, at=now - 12 * day)
    return competition.supporting_files.count()


def _answer(competition: Competition, people: People, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    first, second, third, fourth = list(people.applicants.values())[:4]
    officer: dict[str, Any] = {"by": people.managers[0], "role": Role.FUND_MANAGER}
    for number, (asker, (question, answer)) in enumerate(zip((first, second), ANSWERED, strict=True)):
        at = now - (10 - 3 * number) * day
        asked = enquiries.ask(competition=competition, text=question, by=asker, at=at)
        enquiries.publish_answer(enquiry=asked, question=question, answer=answer, at=at + day, **officer)
    question, answer = PRIVATE
    asked = enquiries.ask(competition=competition, text=question, by=third, at=now - 3 * day)
    enquiries.answer_privately(enquiry=asked, answer=answer, at=now - 2 * day, **officer)
    enquiries.ask(competition=competition, text=WAITING, by=fourth, at=now - day)
