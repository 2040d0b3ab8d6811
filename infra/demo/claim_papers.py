"""Evidence of the demo's claims, and the accountants' reports that some of them need."""

import datetime as dt
import io

from django.core.files import File

from accounts.models import User
from accounts.states import Role
from awards import actions as awards
from awards import claim_tasks, queries, reports
from awards.actions.claim_items import mark
from awards.models import Claim
from infra.demo.evidence import paper


def prove(claim: Claim, *, by: User, at: dt.datetime) -> None:
    """Give each item of a claim an invoice. It is made here, so nobody has to ask the scanner."""
    for item in queries.items(claim):
        line = queries.line_of(item)
        made = paper("Invoice for demonstration", item.invoice_number, f"GBP {item.pence / 100:,.2f}")
        file = File(io.BytesIO(made), name=f"{item.invoice_number}.pdf")
        awards.save_item(claim=claim, line=line, key=item.pk, was=mark(item), by=by, at=at, file=file)
    for document in claim.documents.all():
        claim_tasks.record_claim_scan(stored=document, clean=True, at=at)


def report(claim: Claim, *, by: User, monitor: User, at: dt.datetime) -> None:
    """Send the report that a claim needs, if any, and let the network accept it.

    It was made here a moment ago, so nobody has to ask the scanner.
    """
    claim = Claim.objects.select_related("award__bid").get(pk=claim.pk)
    kind = reports.needed_for(claim)
    if kind is None:
        return
    made = paper("Report of factual findings for demonstration", claim.reference, "No exceptions were found")
    name = f"{claim.reference}-report.pdf"
    given = awards.give_report(award=claim.award, claim=claim, file=io.BytesIO(made), filename=name, by=by, at=at)
    claim_tasks.record_claim_scan(stored=given, clean=True, at=at)
    awards.accept_report(report=given, by=monitor, role=Role.MONITORING_OFFICER, at=at)
