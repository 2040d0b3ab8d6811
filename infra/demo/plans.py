"""What each bid of the demo is: who, how much, how good, and how it ends. Pure; the same at every run."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accounts.states import Size
from funds.states import ResearchCategory as Research

WORKING_DAYS = 225


@dataclass(frozen=True)
class Plan:
    """One bid: `company` counts the demo's companies, or its trusts; `quality` is the mean score aimed at, 0 to 10."""

    title: str
    company: int
    strand: str
    category: str
    cost: int
    months: int
    quality: float
    shape: str = "single"  # single, with_sme, with_university, with_trust, with_large
    ending: str = "decided"  # decided, ineligible, withdrawn; draft, submitted, reopened for the open round
    is_of_trust: bool = False


PRODUCTS = (
    "Breath sounds that warn of asthma attacks", "A pulse patch for hidden atrial fibrillation",
    "Pain diaries for people with dementia", "Reminders that fit Parkinson's doses", "Sepsis signals on the ward",
    "Home tests for kidney disease", "Glove-free wound measurement", "Rehab games after a stroke",
    "Quiet alarms for intensive care", "Inhaler technique by phone", "Heart failure weights that phone home",
    "Memory clinics without the wait", "Fair rotas from bed data", "Reading scans for lung nodules",
    "Open referrals for community nurses", "Wound photographs in the record", "Talking therapy between visits",
    "Triage by conversation", "Gait that predicts falls", "Dialysis that learns", "Eye checks in the pharmacy",
    "Glucose trends for hospital wards", "Early birth risk by blood pressure", "Prescriptions that check themselves",
)  # fmt: skip
SHAPES = ("with_sme", "with_university", "with_large", "with_trust")


def first_round() -> Iterator[Plan]:
    """Yield the 28 bids of the round that is over: both strands, all sizes, every ending."""
    for i in range(24):
        quality = 6.8 + (i * 7 % 24) * 0.11
        if i % 3 == 2:
            yield Plan(
                PRODUCTS[i], i, "feasibility", Research.FEASIBILITY, 52_000 + i * 900, 6 + i % 7, quality,
                "single" if i % 2 else "with_trust",
            )  # fmt: skip
        else:
            category = Research.EXPERIMENTAL if i % 4 == 0 else Research.INDUSTRIAL
            shape = "with_sme" if i % 4 < 3 else "with_large"
            yield Plan(PRODUCTS[i], i, "development", category, 880_000 + i * 5_000, 18 + i % 19, quality, shape)
    yield Plan(
        "A wellness app for office workers",
        0,
        "feasibility",
        Research.FEASIBILITY,
        60_000,
        9,
        0,
        "single",
        "ineligible",
    )
    yield Plan(
        "Second thoughts on telehealth", 1, "feasibility", Research.FEASIBILITY, 55_000, 8, 0, "single", "withdrawn"
    )
    yield Plan("A bid never finished", 3, "feasibility", Research.FEASIBILITY, 64_000, 12, 0, "single", "draft")
    yield Plan("A study of shared scans", 4, "feasibility", Research.FEASIBILITY, 71_000, 12, 7.4, "with_university")


def open_round() -> Iterator[Plan]:
    """Yield the 12 bids of the round that is open now."""
    endings = ("draft", "submitted", "reopened", "draft", "submitted", "draft")
    for i in range(12):
        company = i * 5 % 24
        title = f"{PRODUCTS[(i * 7 + 3) % 24]}: next step"
        if i % 3:
            yield Plan(title, company, "feasibility", Research.FEASIBILITY, 50_500 + i * 2_000, 12, 0,
                       "single", endings[i % 6])  # fmt: skip
        else:
            yield Plan(title, company, "development", Research.INDUSTRIAL, 540_000 + i * 30_000, 24, 0,
                       SHAPES[i % 4] if i % 4 != 3 else "with_sme", endings[i % 6])  # fmt: skip


def test_bed() -> Iterator[Plan]:
    """Yield the bids for real-world testing, each with an NHS site as a partner that claims."""
    study, planning = ("study", Research.INDUSTRIAL), ("planning", Research.FEASIBILITY)
    for company, title, (strand, category), cost, ending in [
        (0, "Breath sounds in the emergency department", planning, 36_000, "draft"),
        (3, "Dose reminders on six wards", study, 180_000, "submitted"),
        (6, "Wound measurement by district nurses", study, 150_000, "reopened"),
        (9, "Inhaler technique in community clinics", planning, 42_000, "submitted"),
        (14, "Referrals without paper in two places", study, 240_000, "draft"),
    ]:
        yield Plan(title, company, strand, category, cost, 10, 0, "with_trust", ending)


def integration() -> Iterator[Plan]:
    """Yield the bids of NHS trusts for the Pathway Transformation Fund."""
    for trust, title, cost, ending in [
        (0, "Home spirometry as everyday practice", 120_000, "submitted"),
        (1, "One pathway for heart failure at home", 210_000, "submitted"),
        (2, "Lung nodules: reading scans with a second reader", 95_000, "draft"),
    ]:
        yield Plan(title, trust, "pathway", Research.ADOPTION, cost, 12, 0, "single", ending, is_of_trust=True)


def percent_asked(category: str, size: str) -> Decimal:
    """Return the grant that a bidder of this size asks for, in per cent: its ceiling."""
    if size == Size.NON_BUSINESS:
        return Decimal(100)
    table = {Size.MICRO: 70, Size.SMALL: 70, Size.MEDIUM: 60, Size.LARGE: 50}
    return Decimal(table[Size(size)] - (25 if category == Research.EXPERIMENTAL else 0))


def cost_lines(pounds: int) -> list[dict]:
    """Return lines of cost that add up to `pounds`: labour and overheads about half, materials the rest."""
    rate = 45_000 // WORKING_DAYS
    days = max(1, int(pounds * 0.45 / (rate * 1.2)))
    labour = days * rate
    overheads = labour * 20 // 100
    travel = 12 * 150 if pounds > 20_000 else 0
    subcontract = pounds // 20
    rest = pounds - labour - overheads - travel - subcontract
    lines = [
        {"category": "labour", "description": "Developer",
         "inputs": {"gross_pounds": "45000", "days": str(days)}},
        {"category": "overheads", "description": "Overheads", "inputs": {"kind": "percent"}},
        {"category": "materials", "description": "Test devices", "inputs": {"quantity": "1", "unit_pounds": str(rest)}},
        {"category": "subcontracting", "description": "Usability laboratory",
         "inputs": {"cost_pounds": str(subcontract), "country": "United Kingdom", "role": "Usability tests"}},
    ]  # fmt: skip
    if travel:
        lines.append({"category": "travel_and_subsistence", "description": "Visits to test sites",
                      "inputs": {"quantity": "12", "unit_pounds": "150"}})  # fmt: skip
    return lines


def shares_of(plan: Plan) -> tuple[int, int]:
    """Return what the lead and the partner cost, in whole pounds."""
    if plan.shape == "single":
        return plan.cost, 0
    part = plan.cost * (15 if plan.shape in ("with_university", "with_trust") else 30) // 100
    return plan.cost - part, part
