"""What people are told about claims and reports: e-mails kept in the transaction of the deed."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import F

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.states import Role
from awards import officials, rules
from awards.models import Adjustment, Award, Claim, Report
from funds.models import Proposal


def people_of(organisation: int | None, role: str) -> list[User]:
    """Return the active people who hold a role at an organisation."""
    held = {"memberships__organisation": organisation, "memberships__role": role, "memberships__ended_at": None}
    return list(User.objects.filter(is_active=True, **held).order_by("pk").distinct())


def people_of_each(organisations: Iterable[int], role: str) -> dict[int, list[User]]:
    """Return the active people who hold a role at each of these organisations, in one query."""
    held = {"memberships__organisation__in": organisations, "memberships__role": role, "memberships__ended_at": None}
    found: dict[int, list[User]] = {}
    rows = User.objects.filter(is_active=True, **held).annotate(of=F("memberships__organisation"))
    for user in rows.order_by("pk").distinct():
        found.setdefault(user.of, []).append(user)
    return found


def submitted(claim: Claim, at: dt.datetime) -> None:
    """Tell the network that a claim waits for it, and the claimant what happens next."""
    key, path = _key("claim.submitted", claim), _path(claim)
    facts = {"claim": claim}
    letters = [Letter("claim_submitted", user, key, path, facts) for user in _claimant(claim)]
    monitors = people_of(claim.award.network_id, Role.MONITORING_OFFICER)
    letters += [Letter("claim_to_review", user, key, path, facts) for user in monitors]
    tell_all(letters, at=at)


def reviewed(claim: Claim, at: dt.datetime) -> None:
    """Tell the fund managers that a claim waits for one of them."""
    _tell("claim_to_approve", claim, officials.of(claim.award, rules.CLAIM_STEPS["approve"][1]), at)


def approved(claim: Claim, at: dt.datetime) -> None:
    """Tell finance that a claim waits to be paid."""
    _tell("claim_to_pay", claim, officials.of(claim.award, rules.PAYS), at)


def queried(claim: Claim, at: dt.datetime) -> None:
    """Tell the claimant that something is asked."""
    _tell("claim_queried", claim, _claimant(claim), at)


def rejected(claim: Claim, at: dt.datetime) -> None:
    """Tell the claimant that the claim is refused."""
    _tell("claim_rejected", claim, _claimant(claim), at)


def adjusted(claim: Claim, at: dt.datetime) -> None:
    """Tell the claimant what was disallowed, once the monitoring officer has agreed to the rest."""
    rows = list(Adjustment.objects.filter(line__claim=claim).select_related("line").order_by("line"))
    if rows:
        _tell("claim_adjusted", claim, _claimant(claim), at, adjustments=rows)


def report_given(report: Report, at: dt.datetime) -> None:
    """Tell the network that a report waits to be read."""
    _tell_of_report("report_to_read", report, people_of(report.award.network_id, Role.MONITORING_OFFICER), at)


def report_decided(report: Report, at: dt.datetime) -> None:
    """Tell the one who gave a report what became of it."""
    _tell_of_report("report_decided", report, [report.uploaded_by], at)


def _claimant(claim: Claim) -> list[User]:
    return people_of(claim.organisation_id, Role.APPLICANT)


def _tell(template: str, claim: Claim, to: Iterable[User], at: dt.datetime, **facts: Any) -> None:
    key = _key(template, claim)
    tell_all([Letter(template, user, key, _path(claim), facts | {"claim": claim}) for user in to], at=at)


def _tell_of_report(template: str, report: Report, to: Iterable[User], at: dt.datetime) -> None:
    key, path = f"{template}/{report.pk}/{report.state}", _progress(report.award)
    tell_all([Letter(template, user, key, path, {"report": report}) for user in to], at=at)


def _key(what: str, claim: Claim) -> str:
    """Return what must be said only once: each submission of a claim has news of its own."""
    rounds = Proposal.objects.filter(kind="claim", reference=claim.reference).count()
    return f"{what}/{claim.reference}/{rounds}"


def _path(claim: Claim) -> str:
    return f"/claims/{claim.reference}/"


def _progress(award: Award) -> str:
    return f"/awards/{award.reference}/progress"
