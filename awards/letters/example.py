"""A plainly fictional letter, for previews of the template, benchmarks and tests."""

from typing import Any

from awards.letters.contents import CATEGORIES


def example(number: int = 1) -> dict[str, Any]:
    """Return the data of an invented award with three partners; `number` makes its references differ. Whole pounds."""
    heart = [210_000, 42_000, 38_500, 24_000, 45_000, 9_500, 6_000]
    sensors = [96_000, 19_200, 22_800, 0, 0, 4_000, 0]
    hospital = [58_000, 0, 2_500, 0, 0, 1_500, 0]
    partners = [
        partner("Example Heart Rhythm Ltd", "Companies House 01234567", "small", "70", heart),
        partner("Fictional Sensors plc", "Companies House 07654321", "medium", "60", sensors),
        partner("Imaginary Hospitals NHS Trust", "NHS organisation RXX99", "non_business", "100", hospital),
    ]
    partners[0]["is_lead"] = True
    partners[0]["match_sources"] = [
        {"kind": "equity", "funder": "Made-up Ventures LLP", "amount": 80_000},
        {"kind": "own_reserves", "funder": "Example Heart Rhythm Ltd", "amount": partners[0]["match"] - 80_000},
    ]
    reference = f"MFA-{number:04d}"
    return {
        "letter": {
            "reference": f"{reference}/1",
            "number": 1,
            "dated_on": "2026-11-23",
            "short_code": "7K3F-9QPD",
            "check_url": "https://matchfund.example.org/letters/7K3F-9QPD",
        },
        "award": {
            "reference": reference,
            "starts_on": "2027-01-01",
            "ends_on": "2028-06-30",
            "accept_by": "2026-12-23",
            "responsible_officer": "Pat Placeholder",
        },
        "bid": {
            "reference": f"MFB-{number:04d}",
            "title": "A wearable patch that finds irregular heart rhythm at home",
            "public_description": (
                "One person in three with atrial fibrillation does not know it. This project tests a wearable patch "
                "that records the heart for fourteen days and sends a clear report to the patient's own practice."
            ),
        },
        "competition": {
            "reference": "DHTC-4",
            "title": "Digital Health Technology Catalyst, round 4",
            "stream": "sme_match_funded",
            "departments": [
                "Department of Health and Social Care",
                "Department for Business, Energy and Industrial Strategy",
            ],
        },
        "legal_basis": {
            "regime": "gber_2014",
            "article": "Article 25, aid for research and development projects",
            "text": "The grant is industrial research aid within the ceilings for each organisation's size.",
        },
        "conditions": [
            "Give the trust's approval of the study protocol to the monitoring officer before the first claim.",
            "Publish the evaluation within six months of the project's end, whatever it finds.",
        ],
        "milestones": [
            {"title": "200 patients of three practices have worn the patch", "due_on": "2027-09-30"},
            {"title": "The evaluation is with the trust's board", "due_on": "2028-05-31"},
        ],
        "recipient": {
            "name": "Example Heart Rhythm Ltd",
            "identifier": "Companies House 01234567",
            "address": ["Unit 4, Invented Science Park", "12 Nowhere Road", "Sampletown", "ZZ99 9ZZ"],
        },
        "partners": partners,
        "totals": {name: sum(row[name] for row in partners) for name in ("cost", "grant", "other_public", "match")},
        "claims": {
            "frequency": "quarterly",
            "due_days": 30,
            "accountants_reports": "An independent accountant's report goes with the first and the last claim.",
        },
        "signatory": {
            "name": "Alex Nobody",
            "title": "Deputy Director, Innovation Funding",
            "department": "Department of Health and Social Care",
        },
    }


def partner(organisation: str, identifier: str, size: str, percent: str, costs: list[int]) -> dict[str, Any]:
    """Return an invented partner with one verified source of match funding. Whole pounds; `percent` as text."""
    cost = sum(costs)
    grant = cost * int(percent) // 100
    match = cost - grant
    return {
        "organisation": organisation,
        "identifier": identifier,
        "is_lead": False,
        "size": size,
        "costs": dict(zip(CATEGORIES, costs, strict=True)),
        "cost": cost,
        "percent": percent,
        "grant": grant,
        "other_public": 0,
        "match": match,
        "match_sources": [{"kind": "own_reserves", "funder": organisation, "amount": match}] if match else [],
    }
