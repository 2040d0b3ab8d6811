"""People who are signed in and have a bid that lacks nothing, made in bulk: nobody signs in and no page is opened."""

import datetime as dt
import os
import secrets
from dataclasses import dataclass

import psycopg

CHUNK = 1_000
TEXT = "biomarker " * 300


@dataclass(frozen=True)
class Bidder:
    """What a browser needs to act as a person on their bid: cookies, the bid, a question."""

    session: str
    token: str
    person: int
    reference: str
    slug: str


def bidders(count: int, closes_at: dt.datetime) -> list[Bidder]:
    """Make companies, each with one person and a bid of £60,000, in a competition that closes at `closes_at`."""
    from accounts.models import Membership, Organisation, User
    from accounts.states import Role
    from bids.models import Answer, Bid, CostLine, MatchSource, Partner, TeamMember

    now = closes_at - dt.timedelta(days=1)
    call = competition(closes_at)
    strand, questions = call.strands.get(), list(call.questions.order_by("position"))
    companies = Organisation.objects.bulk_create(
        [
            Organisation(kind="sme", size="small", name=f"Company {n}", company_number=f"{n:08}", region="London")
            for n in range(1, count + 1)
        ],
        batch_size=CHUNK,
    )
    people = User.objects.bulk_create(
        [User(email=f"bidder.{n}@example.org", full_name=f"Bidder {n}", password="!") for n in range(count)],
        batch_size=CHUNK,
    )
    Membership.objects.bulk_create(
        [Membership(user=u, organisation=o, role=Role.APPLICANT) for u, o in zip(people, companies, strict=True)],
        batch_size=CHUNK,
    )
    bids = Bid.objects.bulk_create(
        [
            Bid(
                pk=n, reference=f"B{n:06}", competition=call, strand=strand, lead=company, created_by=user,
                created_at=now, title=f"Breath test {n}", category="feasibility", clinical_area="Diabetes",
                start_on=(closes_at + dt.timedelta(days=120)).date().replace(day=1), months=12,
            )
            for n, (user, company) in enumerate(zip(people, companies, strict=True), 1)
        ],
        batch_size=CHUNK,
    )  # fmt: skip
    TeamMember.objects.bulk_create(
        [TeamMember(bid=b, user=u, role="lead", by=u, at=now) for b, u in zip(bids, people, strict=True)],
        batch_size=CHUNK,
    )
    money = {"cost_pounds": 60_000, "percent": 70, "grant_pounds": 42_000, "match_pounds": 18_000}
    parts = Partner.objects.bulk_create(
        [Partner(bid=b, organisation_id=b.lead_id, is_lead=True, size="small", **money) for b in bids],
        batch_size=CHUNK,
    )
    inputs = {"gross_pounds": "67500", "days": "200"}
    CostLine.objects.bulk_create(
        [CostLine(partner=p, category="labour", description="Engineer", inputs=inputs, amount=60_000) for p in parts],
        batch_size=CHUNK,
    )
    MatchSource.objects.bulk_create(
        [
            MatchSource(
                partner=p, kind="own_reserves", funder="Its own", amount_pounds=18_000, secured_on=now.date(),
                available_on=now.date(),
            )
            for p in parts
        ],
        batch_size=CHUNK,
    )  # fmt: skip
    Answer.objects.bulk_create(
        [
            Answer(bid=b, question=q, text=TEXT, is_complete=True, saved_by=u, saved_at=now)
            for b, u in zip(bids, people, strict=True)
            for q in questions
        ],
        batch_size=CHUNK,
    )
    return [
        Bidder(session, secrets.token_hex(16), user.pk, bid.reference, questions[0].slug)
        for session, user, bid in zip(sessions(people), people, bids, strict=True)
    ]


def sessions(people: list) -> list[str]:
    """Write a session for each person, as a sign-in would leave it; return their keys."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    store, until = SessionStore(), timezone.now() + dt.timedelta(hours=12)
    rows = []
    for user in people:
        facts = {
            SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }  # fmt: skip
        rows.append(Session(session_key=secrets.token_hex(16), session_data=store.encode(facts), expire_date=until))
    Session.objects.bulk_create(rows, batch_size=CHUNK)
    return [row.session_key for row in rows]


def competition(closes_at: dt.datetime):
    """Write a published competition of ten scored questions; the owner of the tables publishes it without its rules."""
    from accounts.models import Organisation, User
    from funds import ledger
    from funds.models import Ceiling, Competition, Question, Strand, Stream, SubsidyRegime
    from funds.states import EnvelopeKind

    Organisation.objects.create(kind="department", name="Department")
    official = User.objects.create(email="official@example.org", full_name="Olive Official", password="!")
    stream = Stream.objects.create(code="sme_match_funded", title="Catalyst", purpose="Awards.", departments=["DHSC"])
    regime = SubsidyRegime.objects.create(
        code="gber_2014", title="General Block Exemption Regulation", article="Article 25",
        valid_from=dt.date(2014, 7, 1),
    )  # fmt: skip
    Ceiling.objects.create(regime=regime, category="feasibility", size="small", percent=70)
    call = Competition.objects.create(
        reference="BENCH-1", stream=stream, pot=ledger.open_envelope(stream=stream, kind=EnvelopeKind.POT),
        title="Deadline", summary="A round.", responsible_officer=official, regime=regime, lead_kinds=["sme"],
        partner_kinds=["sme"], cost_categories=["labour"], assessor_types_needed={},
        opens_at=closes_at - dt.timedelta(days=30), closes_at=closes_at,
    )  # fmt: skip
    Strand.objects.create(
        competition=call, code="feasibility", title="Feasibility", categories=["feasibility"], cost_min_pounds=50_000,
        cost_max_pounds=75_000, months_max=12, collaboration="either",
    )  # fmt: skip
    bands = [[9, 10, "Good"], [1, 8, "Poor"]]
    for n in range(1, 11):
        Question.objects.create(
            competition=call, position=n, slug=f"question-{n}", heading=f"Question {n}", text="What?", word_limit=400,
            bands=bands,
        )  # fmt: skip
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"]) as owner:
        owner.execute("ALTER TABLE funds_competition DISABLE TRIGGER USER")
        owner.execute("UPDATE funds_competition SET state = 'published' WHERE id = %s", [call.pk])
        owner.execute("ALTER TABLE funds_competition ENABLE TRIGGER USER")
    return Competition.objects.get(pk=call.pk)
