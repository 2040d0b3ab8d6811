"""What belongs to the submitted claim of the pages: a file, a question, a report."""

from typing import Any

import pytest

from accounts.models import User
from awards.models import ClaimDocument, LineQuery, Report
from tests.cast_awards import QUARTER_OVER


def _stored(by: User) -> dict[str, Any]:
    """Return what a row about a file holds that was never sent."""
    return {
        "filename": "invoice.pdf", "content_type": "application/pdf", "bytes": 9, "sha256": "0" * 64,
        "key": "documents/none", "uploaded_by": by, "uploaded_at": QUARTER_OVER,
    }  # fmt: skip


@pytest.fixture
def shown_proof(shown_claim, award_people) -> ClaimDocument:
    """A file of that claim, not scanned yet."""
    return ClaimDocument.objects.create(claim=shown_claim, **_stored(award_people.applicant))


@pytest.fixture
def shown_query(shown_claim, award_people) -> LineQuery:
    """A question about its first item."""
    return LineQuery.objects.create(
        claim=shown_claim, line=shown_claim.lines.first(), about="Engineers in April",
        opened_by=award_people.monitoring_officer, opened_at=QUARTER_OVER,
    )  # fmt: skip


@pytest.fixture
def shown_report(shown_award, award_people) -> Report:
    """A final report that waits to be read."""
    return Report.objects.create(award=shown_award, kind="final", **_stored(award_people.applicant))
