"""Submitted bids in bulk, for benchmarks of what officials read: the owner copies them in past the rules of states."""

import datetime as dt
import json
import os
import random
from collections.abc import Iterator
from typing import Any

import psycopg

from bench.people import competition

CLOSES = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
REGIONS = [
    "London",
    "South East",
    "South West",
    "Midlands",
    "East of England",
    "North West",
    "North East and Yorkshire",
]
AREAS = [
    "Cancers and tumours",
    "Diabetes",
    "Circulatory disorders",
    "Mental health",
    "Long-term conditions",
    "Other",
    "",
]
SIZES = ["micro", "small", "medium", "large"]
STATES = ["submitted"] * 97 + ["reopened", "reopened", "ineligible"]
COMPANIES = 1_000
RARE = 1_000  # of how many bids one has the word “rarity” in its title
_BIDS = (
    "id, reference, competition_id, strand_id, lead_id, created_by_id, created_at, state, title, category,"
    " clinical_area, months, submitted_at, submitted_by_id, version, ineligible_reason"
)
_STANDING = (
    "bid_id, competition_id, strand_id, number, submitted_at, within_grace, title, category, clinical_area, lead_name,"
    " lead_identifier, lead_size, lead_region, partners, cost_pounds, grant_pounds, match_pounds, terms"
)
_VERSIONS = "bid_id, number, content, sha256, at, by_id, within_grace, key"


def fill(count: int, words: int = 0) -> Any:
    """Write `count` submitted bids to one competition, with `words` words an answer and twelve lines of costs if any.

    Returns the competition, whose responsible officer is a fund manager.
    """
    from accounts.models import Organisation

    call = competition(CLOSES)
    draw, strand = random.Random(1), call.strands.get()
    vocabulary = ["".join(draw.choices("abcdefghiklmnoprstuvw", k=draw.randint(2, 9))) for _ in range(4_000)]
    pool = [" ".join(draw.choices(vocabulary, k=words)) for _ in range(300)] if words else []
    companies = [
        Organisation(pk=100 + n, kind="sme", size="small", name=f"Company {n}", company_number=f"{n:08}")
        for n in range(1, COMPANIES + 1)
    ]
    Organisation.objects.bulk_create(companies)
    keys = (call.pk, strand.pk, call.responsible_officer_id)
    tables = ("bids_bid", "bids_bidversion", "bids_standing")
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        facts = [_facts(n, draw, vocabulary) for n in range(1, count + 1)]
        _copy(owner, "bids_bid", _BIDS, (_bid(f, *keys) for f in facts))
        _copy(owner, "bids_standing", _STANDING, (_row(f, *keys[:2]) for f in facts))
        if words:
            _copy(owner, "bids_bidversion", _VERSIONS, (_version(f, keys[2], draw, pool) for f in facts))
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.execute("VACUUM ANALYZE")
    return call


def official(call: Any) -> Any:
    """Return the competition's officer as a fund manager."""
    from accounts.models import Membership, Organisation
    from accounts.states import Role

    department = Organisation.objects.get(kind="department")
    Membership.objects.create(user=call.responsible_officer, organisation=department, role=Role.FUND_MANAGER)
    return call.responsible_officer


def _copy(owner: psycopg.Connection, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with owner.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _facts(n: int, draw: random.Random, vocabulary: list[str]) -> dict[str, Any]:
    cost = draw.randint(50_000, 75_000)
    title = " ".join(draw.choices(vocabulary, k=6)) + (" rarity" if n % RARE == 0 else "")
    return {
        "n": n, "reference": f"B{n:06}", "state": draw.choice(STATES), "title": title,
        "at": CLOSES - dt.timedelta(seconds=(10_000_000 - n) // 10), "within_grace": n % 5_000 == 0, "number": 1,
        "clinical_area": draw.choice(AREAS), "lead": 101 + n % COMPANIES,
        "lead_name": f"Company {n % COMPANIES + 1}", "lead_identifier": f"Companies House {n % COMPANIES + 1:08}",
        "lead_size": draw.choice(SIZES), "lead_region": draw.choice(REGIONS), "cost": cost, "grant": cost * 7 // 10,
    }  # fmt: skip


def _bid(f: dict[str, Any], call: int, strand: int, by: int) -> tuple[Any, ...]:
    reason = "Out of scope." if f["state"] == "ineligible" else ""
    return (
        f["n"], f["reference"], call, strand, f["lead"], by, f["at"], f["state"], f["title"], "feasibility",
        f["clinical_area"], 12, f["at"], by, 1, reason,
    )  # fmt: skip


def _row(f: dict[str, Any], call: int, strand: int) -> tuple[Any, ...]:
    from bids.standing import terms

    found_by = " ".join("'" + term.replace("'", "''") + "'" for term in terms(f["reference"], "feasibility", f))
    return (
        f["n"], call, strand, 1, f["at"], f["within_grace"], f["title"], "feasibility", f["clinical_area"],
        f["lead_name"], f["lead_identifier"], f["lead_size"], f["lead_region"], 1, f["cost"], f["grant"],
        f["cost"] - f["grant"], found_by,
    )  # fmt: skip


def _version(f: dict[str, Any], by: int, draw: random.Random, pool: list[str]) -> tuple[Any, ...]:
    slugs = [f"question-{n}" for n in range(1, 11)]
    lines = [
        {"category": "labour", "description": f"Engineer {n}", "inputs": {"gross_pounds": "45000", "days": "25"},
         "amount": "5000.00000"} for n in range(12)
    ]  # fmt: skip
    part = {
        "organisation_id": f["lead"], "name": f["lead_name"], "identifier": f["lead_identifier"], "is_lead": True,
        "size": f["lead_size"], "working_days": 225, "percent": "70.00", "cost_pounds": f["cost"],
        "other_public_pounds": 0, "grant_pounds": f["grant"], "match_pounds": f["cost"] - f["grant"], "costs": lines,
        "categories": {"labour": f["cost"]},
        "match_sources": [{"kind": "own_reserves", "funder": f["lead_name"], "amount_pounds": f["cost"] - f["grant"],
                           "secured_on": "2027-01-04", "available_on": "2027-01-04"}],
    }  # fmt: skip
    content = {
        "reference": f["reference"], "competition": "BENCH-1", "strand": "feasibility", "title": f["title"],
        "category": "feasibility", "clinical_area": f["clinical_area"], "start_on": "2027-06-01", "months": 12,
        "answers": [{"slug": slug, "heading": slug, "text": draw.choice(pool)} for slug in slugs],
        "partners": [part], "documents": [],
    }  # fmt: skip
    return (f["n"], 1, json.dumps(content), "0" * 64, f["at"], by, f["within_grace"], "press")
