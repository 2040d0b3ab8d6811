"""Give the reports that money waits for, read them, and record the yearly review of an award."""

import datetime as dt
from typing import BinaryIO

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import claim_news, claim_tasks, reports, rules
from awards.actions.locks import act_for_government, hold_award, move, must_monitor
from awards.models import AnnualReview, Award, Claim, Report
from awards.states import AwardState, Rating, ReportKind, ReportState
from infra import stored_files
from infra.scan import ScanState

READS = frozenset({Role.MONITORING_OFFICER, Role.FUND_MANAGER})
REVIEWS = frozenset({Role.FUND_MANAGER})
MOST_REPORTS = 20  # of one claim, and of one project at its end


def give_report(
    *, award: Award, file: BinaryIO, filename: str, by: User, at: dt.datetime, claim: Claim | None = None
) -> Report:
    """Keep the report that a claim needs, or the final report when no claim is named. It waits to be scanned and read.

    Raises:
        Refused: none is needed, one is accepted already, the file is not one we take, or `by` does not act for it.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    with transaction.atomic():
        _must_give(hold_award(award), claim, by)
    kept = stored_files.keep(file, filename)
    with transaction.atomic():
        award = hold_award(award)
        kind = _must_give(award, claim, by)
        report = Report.objects.create(
            award=award, claim=claim, kind=kind, uploaded_by=by, uploaded_at=at, **kept._asdict()
        )
        changes = {"report": report, "kind": kind, "claim": claim, "sha256": kept.sha256}
        record("report.given", award, by=by, role=Role.APPLICANT, at=at, changes=changes)
        claim_tasks.scan_report.defer(report_id=report.pk)
        claim_news.report_given(report, at)
    return report


def _must_give(award: Award, claim: Claim | None, by: User) -> str:
    """Return the kind of report that is given; refuse it when it is not for this person to give now."""
    organisation = claim.organisation_id if claim else award.bid.lead_id
    rules.must_belong(by.organisation_ids(Role.APPLICANT), organisation)
    if award.state != AwardState.LIVE:
        raise Refused(
            f"Award {award.reference} is {award.get_state_display().lower()}: reports are taken while it is live."
        )
    kind = reports.needed_for(claim) if claim else ReportKind.FINAL
    if kind is None:
        raise Refused("This claim needs no report.")
    given = Report.objects.filter(award=award, claim=claim)
    if given.filter(state=ReportState.ACCEPTED).exists():
        raise Refused("A report is accepted already, so no other is needed.")
    if given.count() >= MOST_REPORTS:
        raise Refused(f"{MOST_REPORTS} files were given already. Ask the monitoring officer to read the last one.")
    return kind


@transaction.atomic
def accept_report(*, report: Report, by: User, role: str, at: dt.datetime) -> Report:
    """Accept a report that was found clean, as the monitoring officer or a fund manager."""
    report = _hold(report, by=by, role=role)
    if report.scan != ScanState.CLEAN:
        raise Refused(f"{report.filename} is {ScanState(report.scan).label.lower()}, so it cannot be accepted.")
    changes = move(report.accept, by=by, at=at)
    report.save(update_fields=["state", "decided_by", "decided_at"])
    record("report.accepted", report.award, by=by, role=role, at=at, changes={"report": report, "state": changes})
    claim_news.report_decided(report, at)
    return report


@transaction.atomic
def send_report_back(*, report: Report, reason: str, by: User, role: str, at: dt.datetime) -> Report:
    """Send a report back with a reason; the claimant gives another."""
    report = _hold(report, by=by, role=role)
    reason = rules.kept(reason, "a reason, which the claimant will read")
    changes = move(report.send_back, by=by, at=at, reason=reason)
    report.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    facts = {"report": report, "state": changes, "reason_sha256": digest(reason)}
    record("report.sent_back", report.award, by=by, role=role, at=at, changes=facts)
    claim_news.report_decided(report, at)
    return report


def _hold(report: Report, *, by: User, role: str) -> Report:
    award = hold_award(Award(pk=report.award_id))
    act_for_government(award, by=by, role=role, needed=READS)
    if role == Role.MONITORING_OFFICER:
        must_monitor(award, by)
    held = Report.objects.select_for_update(no_key=True, of=("self",)).select_related("claim", "uploaded_by")
    report = held.get(pk=report.pk)
    report.award = award
    return report


@transaction.atomic
def record_review(
    *, award: Award, year: int, rating: str, note: str, by: User, role: str, at: dt.datetime
) -> AnnualReview:
    """Record the yearly review of an award (Grant Standards, December 2016); once recorded it stays.

    Raises:
        Refused: the year is not over, or its review is recorded already.
    """
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=REVIEWS)
    if year not in rules.years_to_review(award.starts_on, award.ends_on, rules.uk_day(at)):
        raise Refused("This year of the project is not over yet.")
    if rating not in Rating.values:
        raise Refused("Choose a rating: green, amber or red.")
    note = rules.kept(note, "what was found")
    try:
        with transaction.atomic():
            review = AnnualReview.objects.create(award=award, year=year, rating=rating, note=note, by=by, at=at)
    except IntegrityError as error:
        raise Refused(f"The review of year {year} is recorded already.") from error
    facts = {"year": year, "rating": rating, "note_sha256": digest(note)}
    record("award.reviewed", award, by=by, role=role, at=at, changes=facts)
    return review
