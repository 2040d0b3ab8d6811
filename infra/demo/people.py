"""The people and organisations of the demo: fictional, but with real NHS bodies and networks around them."""

import csv
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.actions import grant_role, register_organisation
from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role, Size
from ahsn.models import Network
from assessments import agreement
from assessments.actions import agree, declare_for_the_year, register_assessor
from assessments.models import Assessor
from assessments.states import AssessorType
from infra.demo.assessing import let_in

REFERENCE = Path(__file__).parent / "reference"
AREAS = [
    "Cancers and tumours", "Diabetes", "Circulatory disorders", "Long-term conditions",
    "Mental health including dementia", "Healthcare-associated infection",
]  # fmt: skip
EXPERTISE = [
    "digital therapeutics", "remote monitoring", "imaging and AI", "medicines adherence", "clinical trials",
    "health economics", "data and interoperability", "patient involvement",
]  # fmt: skip
FIRST = [
    "Amara",
    "Bilal",
    "Carys",
    "Dafydd",
    "Elif",
    "Farah",
    "Gethin",
    "Hana",
    "Idris",
    "Jaya",
    "Kofi",
    "Lowri",
    "Maya",
    "Niamh",
    "Omar",
    "Priya",
    "Rhys",
    "Sana",
    "Tomos",
    "Uma",
]
LAST = ["Ashdown", "Brightwell", "Castleton", "Dunmore", "Elmsford", "Fairholm", "Greystone", "Hartwick"]
COMPANIES = (
    "Airway Echo", "Beacon Pulse", "Calm Current", "Dose Window", "Early Signal", "Fern Diagnostics", "Glyde Health",
    "Harbour Metrics", "Inhale Labs", "Juniper Rehab", "Kite Cardio", "Lantern Memory", "Merrow Systems",
    "Northlight Imaging", "Open Ward", "Pathfinder Wound", "Quiet Minds", "Ripple Triage", "Steady Gait",
    "Tidewater Renal", "Umbra Vision", "Vale Glucose", "Wren Midwifery", "Yarrow Pharmacy",
)  # fmt: skip
CHARITY = "Exampleton Heart Fund"
COLLEAGUES = {"editor": "Eirlys Quill", "finance": "Morgan Penny", "viewer": "Vikram Lookwell"}
SIZES = (Size.MICRO, Size.SMALL, Size.MEDIUM)


@dataclass
class People:
    """Who is who in the demo."""

    department: Organisation
    ministry: Organisation
    managers: list[User]
    finance: User
    second_finance: User
    auditor: User
    networks: list[Organisation]
    monitors: dict[int, User]
    ahsn_lead: User
    companies: list[Organisation]
    applicants: dict[int, User]
    trusts: list[Organisation]
    university: Organisation
    charity: Organisation
    large: Organisation
    colleagues: dict[str, User] = field(default_factory=dict)
    assessors: list[Assessor] = field(default_factory=list)


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _organisation(at: dt.datetime, **fields: Any) -> Organisation:
    """Return the organisation of this name and kind, made once."""
    found = Organisation.objects.filter(kind=fields["kind"], name=fields["name"]).first()
    return found or register_organisation(by=None, at=at, **fields)[0]


def person(email: str, name: str, role: str, organisation: Organisation, at: dt.datetime) -> User:
    """Return the person with this address, made once, holding the role."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, full_name=name)
    grant_role(user=user, organisation=organisation, role=role, by=None, at=at)
    return user


def _companies(at: dt.datetime) -> list[Organisation]:
    regions = sorted({row["region"] for row in _rows("networks.csv")})
    return [
        _organisation(
            at, kind=OrganisationKind.SME, name=f"{name} Ltd", company_number=f"{99_000_001 + i * 7:08d}",
            size=SIZES[i % 3], region=regions[i % len(regions)], address=f"{i + 1} Example Street, Exampleton",
            postcode="EX1 1AA", registered_address=f"{i + 1} Example Street, Exampleton",
            registered_postcode="EX1 1AA", register_status="active", is_verified=True, checked_at=at,
        )
        for i, name in enumerate(COMPANIES)
    ]  # fmt: skip


def colleague(by: User, lead: Organisation, what: str, at: dt.datetime) -> User:
    """Return the colleague who looks after something (editor, finance, viewer) of the bids that `by` leads."""
    address = f"{what}.of.{by.email.partition('@')[0]}@example.org"
    return person(address, COLLEAGUES[what], Role.APPLICANT, lead, at)


def _name(i: int) -> str:
    return f"{FIRST[i % len(FIRST)]} {LAST[(i // len(FIRST) + i) % len(LAST)]}"


@transaction.atomic
def gather(at: dt.datetime) -> People:
    """Make everybody, once."""
    dhsc = _organisation(at, kind=OrganisationKind.DEPARTMENT, name="Department of Health and Social Care")
    beis = _organisation(
        at, kind=OrganisationKind.DEPARTMENT, name="Department for Business, Energy and Industrial Strategy"
    )
    networks = []
    for row in _rows("networks.csv"):
        organisation = _organisation(at, kind=OrganisationKind.AHSN, name=row["name"], region=row["region"])
        Network.objects.get_or_create(
            acronym=row["acronym"],
            defaults={
                "organisation": organisation,
                "successor": row["successor"],
                "population_thousands": int(row["population_thousands"]),
            },
        )
        networks.append(organisation)
    trusts = [
        _organisation(
            at, kind=OrganisationKind.NHS_BODY, name=row["name"], ods_code=row["ods_code"], region=row["region"],
            postcode=row["postcode"], is_verified=True,
        )
        for row in _rows("nhs_trusts.csv")[:40]
    ]  # fmt: skip
    companies = _companies(at)
    people = People(
        department=dhsc,
        ministry=beis,
        managers=[
            person("fund.manager@example.org", "Frances Fundley", Role.FUND_MANAGER, dhsc, at),
            person("second.manager@example.org", "Simeon Seconder", Role.FUND_MANAGER, beis, at),
        ],
        finance=person("finance@example.org", "Fatima Ledgerwell", Role.FINANCE_OFFICER, dhsc, at),
        second_finance=person("second.finance@example.org", "Fergus Tallyman", Role.FINANCE_OFFICER, dhsc, at),
        auditor=person("auditor@example.org", "Arthur Proofe", Role.AUDITOR, beis, at),
        networks=networks,
        monitors={
            n.pk: person(f"monitor.{i + 1}@example.org", f"Mo {_name(i)}", Role.MONITORING_OFFICER, n, at)
            for i, n in enumerate(networks)
        },
        ahsn_lead=person("ahsn.lead@example.org", "Nadia Networke", Role.AHSN_LEAD, networks[0], at),
        companies=companies,
        applicants={
            c.pk: person("applicant@example.org" if i == 0 else f"applicant.{i + 1}@example.org", _name(i + 20),
                         Role.APPLICANT, c, at)
            for i, c in enumerate(companies)
        },
        trusts=trusts,
        university=_organisation(at, kind=OrganisationKind.UNIVERSITY, name="University of Exampleton"),
        charity=_organisation(
            at, kind=OrganisationKind.CHARITY, name=CHARITY, charity_number="9999001"
        ),
        large=_organisation(
            at, kind=OrganisationKind.LARGE_COMPANY, name="Grand Example Devices plc", company_number="98000001",
            size=Size.LARGE,
        ),
    )  # fmt: skip
    for i, trust in enumerate(trusts[:3]):
        email = "trust@example.org" if i == 0 else f"trust.{i + 1}@example.org"
        people.applicants[trust.pk] = person(email, _name(i + 90), Role.APPLICANT, trust, at)
    for what in COLLEAGUES:
        people.colleagues[what] = colleague(people.applicants[companies[0].pk], companies[0], what, at)
    people.assessors = [_assessor(i, networks, people.ahsn_lead, at) for i in range(24)]
    return people


def _assessor(i: int, networks: list[Organisation], lead: User, at: dt.datetime) -> Assessor:
    """Return the i-th assessor: types take turns, so that every bid can have a clinical and a commercial one.

    The first is invited by the lead of the first network; the others were brought in before there was a portal.
    """
    network = networks[i % len(networks)]
    email = "assessor@example.org" if i == 0 else f"assessor.{i + 1}@example.org"
    if found := Assessor.objects.filter(user__email=email).first():
        return found
    kinds = [AssessorType.CLINICAL, AssessorType.COMMERCIAL, AssessorType.METHODOLOGY, AssessorType.LAY]
    types = [kinds[i % 2]] + ([kinds[2 + i % 4 // 2]] if i % 3 == 0 else [])
    knows = {
        "expertise": [EXPERTISE[i % 8], EXPERTISE[(i + 3) % 8]],
        "clinical_areas": [AREAS[i % 6], AREAS[(i + 1) % 6]],
    }
    name = f"Dr {_name(i + 50)}"
    if i == 0:
        user = User.objects.create_user(email, full_name=name)
        made = let_in(user, network, lead, at, types=types, capacity=5, about="Digital health in hospitals.", **knows)
        declare_for_the_year(assessor=made, by=user, at=at + dt.timedelta(hours=2))
        return made
    user = person(email, name, Role.ASSESSOR, network, at)
    made = register_assessor(user=user, network=network, types=types, capacity=5, **knows, by=None, at=at)
    agree(assessor=made, read_sha256=agreement.SHA256, by=user, at=at)
    declare_for_the_year(assessor=made, by=user, at=at)
    return made
