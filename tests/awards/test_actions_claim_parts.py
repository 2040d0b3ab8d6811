"""Items, evidence, questions, adjustments and reports of a claim, in Python and in the database."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from awards import actions, claim_checks, claim_tasks, report_schedule, reports, rules
from awards.actions.claim_items import mark, put_item, put_match
from awards.models import Adjustment, Claim, ClaimDocument, Report
from awards.report_schedule import needed
from awards.states import ReportKind
from funds.models import Approval, Proposal
from tests.cast_awards import QUARTER_OVER, agree, draft_claim, line

pytestmark = pytest.mark.django_db
LATER = QUARTER_OVER + dt.timedelta(days=3)


def run(sql: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def submit(claim, people, at=QUARTER_OVER) -> Claim:
    return actions.submit_claim(claim=claim, by=people.applicant, at=at)


def disallow(claim, people, pence, reason="Not of this project") -> Claim:
    return actions.disallow(
        claim=claim, key=claim.lines.first().pk, pence=pence, reason=reason, by=people.monitoring_officer,
        role=Role.MONITORING_OFFICER, at=QUARTER_OVER,
    )  # fmt: skip


def query(claim, people, at=QUARTER_OVER) -> Claim:
    return actions.query_claim(
        claim=claim, reason="Please explain", questions={claim.lines.first().pk: "Which engineer?"}, at=at,
        by=people.monitoring_officer, role=Role.MONITORING_OFFICER,
    )  # fmt: skip


def now(claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def stored(by, **facts) -> dict:
    made = {"filename": "a.pdf", "content_type": "application/pdf", "bytes": 9, "key": "k", "sha256": "a" * 64}
    return made | {"uploaded_by": by, "uploaded_at": QUARTER_OVER} | facts


def test_an_item_without_evidence_says_why(live_award, people):
    draft = draft_claim(live_award, people, line(no_evidence_reason=""))
    assert [p.sentence for p in claim_checks.problems(draft)] == [
        "“Engineers in April” has no evidence. Upload an invoice or receipt, or say why there is none."
    ]


def test_the_same_invoice_goes_through_when_it_is_explained(claim, live_award, people):
    again = line(incurred_on=dt.date(2027, 7, 1), duplicate_reason="The second half of the invoice")
    assert submit(draft_claim(live_award, people, again, number=2), people).state == "submitted"


def test_another_supplier_s_invoice_may_have_the_same_number(live_award, people):
    submit(draft_claim(live_award, people, line(supplier="Ann Ltd")), people)
    again = draft_claim(live_award, people, line(supplier="Bob Ltd", incurred_on=dt.date(2027, 7, 1)), number=2)
    assert claim_checks.problems(again) == []


def test_the_same_amount_on_the_same_day_is_pointed_out(claim, live_award, people):
    alike = draft_claim(live_award, people, line(invoice_number="Z-1"), number=2)
    assert [f.why for f in claim_checks.check(alike, own_only=False).flags] == ["£10,000 on 30 April 2027 too"]


def test_the_same_file_is_pointed_out_across_claims(claim, live_award, people):
    other = draft_claim(live_award, people, line(100, invoice_number="Z-1"), number=2)
    ClaimDocument.objects.create(claim=claim, **stored(people.applicant))
    proof = ClaimDocument.objects.create(claim=other, **stored(people.applicant))
    other.lines.get().evidence.create(document=proof)
    assert [f.why for f in claim_checks.check(other, own_only=False).flags] == ["the same file, a.pdf"]


def test_a_file_with_a_virus_keeps_a_claim_from_being_submitted(live_award, people):
    draft = draft_claim(live_award, people)
    document = ClaimDocument.objects.create(claim=draft, **stored(people.applicant))
    claim_tasks.record_claim_scan(stored=document, clean=False, at=QUARTER_OVER)
    with pytest.raises(Refused, match=r"A virus was found in a\.pdf"):
        submit(draft, people)
    assert Message.objects.filter(template="claim_file_infected").count() == 1


def test_what_was_declared_is_kept_word_for_word(claim):
    content = Proposal.objects.get(kind="claim").content
    assert claim.declaration.startswith("All items are for this project and this period")
    assert (content["declaration"], content["match"][0]["pence"]) == (claim.declaration, 300_000)


def test_a_part_is_disallowed_and_the_grant_follows_without_another_submission(claim, people):
    adjusted = disallow(claim, people, 100_001)
    assert (adjusted.state, adjusted.eligible_pence, adjusted.grant_pence) == ("submitted", 899_999, 629_999)
    paid = agree(adjusted, people, "review", "approve")
    given = Approval.objects.filter(proposal__content_sha256=paid.content_sha256)
    assert list(given.values_list("step", flat=True)) == ["review", "approve"]
    assert "£1,000.01 of £10,000 is disallowed" in Message.objects.get(template="claim_adjusted").body


def test_what_is_disallowed_can_be_claimed_again(claim, live_award, people):
    disallow(claim, people, 400_000)
    further = draft_claim(live_award, people, line(3_400_000, incurred_on=dt.date(2027, 7, 1)), number=2)
    assert claim_checks.check(further, own_only=True).due.left_of("labour") == 3_400_000


@pytest.mark.parametrize(
    ("pence", "told"),
    [
        (1_000_001, "between £0 and £10,000"),
        (-1, "between £0 and £10,000"),
        (0, "disallowed already"),
        (1_000_000, "Reject"),
    ],
)
def test_no_more_than_the_item_is_disallowed(pence, told, claim, people):
    with pytest.raises(Refused, match=told):
        disallow(claim, people, pence)


def test_an_item_that_is_changed_loses_what_was_disallowed_of_it(claim, people):
    disallow(claim, people, 100)
    query(now(claim), people)
    item = claim.lines.get()
    put_item(claim=claim, line=line(), key=item.pk, was=mark(item), by=people.applicant, at=LATER)
    assert Adjustment.objects.count() == 0


def test_only_the_network_s_officer_disallows(claim, people):
    with pytest.raises(Refused, match="Only a monitoring officer may do this"):
        actions.disallow(
            claim=claim, key=claim.lines.get().pk, pence=1, reason="No", by=people.fund_manager,
            role=Role.FUND_MANAGER, at=QUARTER_OVER,
        )  # fmt: skip


def test_a_question_must_be_answered_and_settled(claim, people):
    query(claim, people)
    with pytest.raises(Refused, match="Answer the question about “Engineers in April”"):
        submit(claim, people)
    asked = claim.queries.get()
    actions.answer_query(query=asked, text="Ann, the tester", by=people.applicant, at=LATER)
    submit(claim, people, at=LATER)
    with pytest.raises(Refused, match="is not settled"):
        agree(now(claim), people, "review")
    facts = {"by": people.monitoring_officer, "role": Role.MONITORING_OFFICER, "at": LATER}
    assert actions.settle_query(query=asked, **facts).state == "settled"
    assert [m.is_from_claimant for m in asked.messages.all()] == [False, True]
    assert agree(now(claim), people, "review").state == "reviewed"


def test_the_days_with_the_claimant_are_kept_apart(claim, people):
    actions.query_claim(
        claim=claim, reason="Why?", by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER
    )  # fmt: skip
    again = submit(claim, people, at=LATER)
    assert (again.received_at, again.submitted_at, again.held_seconds) == (QUARTER_OVER, LATER, 3 * 86_400)


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 10_000), st.integers(0, 10**9))
def test_the_grant_of_what_is_left_is_never_above_the_rate_or_the_rest(pence, disallowed, percent, used):
    due = rules.Entitlement({}, Decimal(percent) / 100, 10**7, 10**6, 0, 0, {}, used)
    sums = rules.claim_sums([line(pence, disallowed=min(disallowed, pence))], due)
    assert sums.grant * 10_000 <= sums.eligible * percent
    assert sums.grant <= max(0, 10**8 - used)
    assert sums.grant + sums.other_public + sums.match_needed == sums.eligible


# Reports


@pytest.mark.parametrize(
    ("pounds", "numbers"),
    [
        (2_000_001, [1, 2, 3, 4, 5, 6]),
        (500_001, [1, 4, 6]),
        (100_001, [1, 6]),
        (50_001, [6]),
        (50_000, [6]),
    ],
)
def test_the_award_s_size_decides_which_claims_need_a_report(pounds, numbers):
    assert [n for n in range(1, 7) if needed(pounds * 100, n, 6)] == numbers


@pytest.mark.parametrize(
    ("pounds", "words"),
    [
        (2_000_001, "with every claim"),
        (2_000_000, "on each anniversary"),
        (500_000, "the first and the last claim"),
        (100_000, "with the last claim."),
        (50_000, "statement of expenditure"),
    ],
)
def test_the_letter_says_it_on_the_first_day(pounds, words):
    assert words in report_schedule.band_of(pounds * 100).words


@pytest.fixture
def large_award(monkeypatch):
    """Let awards of more than £40,000 need an accountant's report with the first claim."""
    bands = (report_schedule.Band(40_000, ReportKind.ACCOUNTANT, with_first=True), *report_schedule.BANDS)
    monkeypatch.setattr(report_schedule, "BANDS", bands)


def give(claim, people) -> Report:
    return Report.objects.create(award=claim.award, claim=claim, kind="accountant", **stored(people.applicant))


def test_a_claim_is_not_approved_before_its_report_is_accepted(claim, people, large_award):
    agree(claim, people, "review")
    with pytest.raises(Refused, match="waits for an accepted report: independent accountant’s report"):
        agree(claim, people, "approve")
    report = give(claim, people)
    facts = {"by": people.monitoring_officer, "role": Role.MONITORING_OFFICER, "at": LATER}
    with pytest.raises(Refused, match="waiting to be scanned"):
        actions.accept_report(report=report, **facts)
    claim_tasks.record_claim_scan(stored=report, clean=True, at=LATER)
    actions.accept_report(report=report, **facts)
    assert agree(claim, people, "approve").state == "approved"


def test_after_a_claim_for_nothing_the_next_is_the_first_that_needs_a_report(live_award, people, large_award):
    empty = actions.start_claim(
        award=live_award, organisation=live_award.bid.lead, number=1, by=people.applicant, at=QUARTER_OVER
    )

    def wanted() -> list[int]:
        claims = {(claim.organisation_id, claim.number): claim for claim in live_award.claims.all()}
        return [
            due.number for due in reports.schedule(live_award, list(live_award.partners.all()), claims) if due.partner
        ]

    assert wanted() == [1, 4]
    empty = actions.submit_claim(claim=empty, by=people.applicant, at=QUARTER_OVER, is_nil=True)
    agree(empty, people, "review")
    assert wanted() == [2, 4]


def test_a_report_is_sent_back_with_a_reason(claim, people):
    report = give(claim, people)
    facts = {"by": people.fund_manager, "role": Role.FUND_MANAGER, "at": LATER}
    assert actions.send_report_back(report=report, reason="Not signed", **facts).state == "sent_back"
    assert "Not signed" in Message.objects.get(template="report_decided").body


def last_claim(live_award, people) -> Claim:
    day = dt.date(2028, 1, 10)
    return submit(draft_claim(live_award, people, line(incurred_on=day), number=4), people, QUARTER_OVER)


def test_the_last_claim_waits_for_its_statement_and_the_database_says_so_too(live_award, people):
    claim = agree(last_claim(live_award, people), people, "review")
    with pytest.raises(Refused, match="waits for an accepted report: statement of expenditure"):
        agree(claim, people, "approve")
    proposal = Proposal.objects.filter(kind="claim").latest("id")
    Approval.objects.create(
        proposal=proposal, step="approve", by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER
    )
    with pytest.raises(IntegrityError, match="waits for an accepted report: statement"):
        run("UPDATE awards_claim SET state = 'approved' WHERE id = %s", claim.pk)


def test_a_report_is_not_accepted_by_who_gave_it(claim, people):
    report = give(claim, people)
    claim_tasks.record_claim_scan(stored=report, clean=True, at=LATER)
    with pytest.raises(IntegrityError, match="not_by_its_giver"):
        run(
            "UPDATE awards_report SET state = 'accepted', decided_at = now(), decided_by_id = uploaded_by_id"
            " WHERE id = %s",
            report.pk,
        )


def test_a_yearly_review_is_recorded_once_after_its_year(live_award, people):
    facts = {"award": live_award, "rating": "green", "note": "On track", "by": people.fund_manager}
    facts |= {"role": Role.FUND_MANAGER, "year": 1}
    with pytest.raises(Refused, match="not over yet"):
        actions.record_review(**facts, at=QUARTER_OVER)
    after = dt.datetime(2028, 3, 1, tzinfo=dt.UTC)
    assert actions.record_review(**facts, at=after).year == 1
    with pytest.raises(Refused, match="recorded already"):
        actions.record_review(**facts, at=after)


# Direct SQL


def test_no_claim_is_submitted_a_penny_above_the_grant(claim, live_award, people):
    further = draft_claim(live_award, people, line(3_000_000, incurred_on=dt.date(2027, 7, 1)), number=2)
    run("UPDATE awards_claim SET eligible_pence = 9000000, grant_pence = 3325001 WHERE id = %s", further.pk)
    with pytest.raises(IntegrityError, match="above what is left of the grant"):
        run(
            "UPDATE awards_claim SET state = 'submitted', submitted_at = now(), received_at = now(),"
            " submitted_by_id = %s WHERE id = %s",
            people.applicant.pk, further.pk,
        )  # fmt: skip


def test_no_claim_asks_for_more_than_its_rate(live_award, people):
    draft = draft_claim(live_award, people)
    run("UPDATE awards_claim SET grant_pence = 700001 WHERE id = %s", draft.pk)
    with pytest.raises(IntegrityError, match="more than its rate"):
        run(
            "UPDATE awards_claim SET state = 'submitted', submitted_at = now(), received_at = now(),"
            " submitted_by_id = %s WHERE id = %s",
            people.applicant.pk, draft.pk,
        )  # fmt: skip


def test_no_claim_is_submitted_a_penny_above_its_category(live_award, people):
    draft = draft_claim(live_award, people, line(4_000_001))
    with pytest.raises(IntegrityError, match="above what is left of labour"):
        run(
            "UPDATE awards_claim SET state = 'submitted', submitted_at = now(), received_at = now(),"
            " submitted_by_id = %s WHERE id = %s",
            people.applicant.pk, draft.pk,
        )  # fmt: skip


def test_nobody_lowers_a_claim_without_saying_what_is_disallowed(claim):
    with pytest.raises(IntegrityError, match="is submitted and cannot be changed"):
        run("UPDATE awards_claim SET eligible_pence = 1, grant_pence = 0 WHERE id = %s", claim.pk)


def test_more_than_an_item_cost_cannot_be_disallowed(claim, people):
    with pytest.raises(IntegrityError, match="more is disallowed than the item cost"):
        run(
            "INSERT INTO awards_adjustment (line_id, pence, reason, by_id, at) VALUES (%s, 1000001, 'x', %s, now())",
            claim.lines.get().pk, people.monitoring_officer.pk,
        )  # fmt: skip


def test_evidence_is_fixed_with_the_claim(claim, people):
    document = ClaimDocument.objects.create(claim=claim, **stored(people.applicant))
    with pytest.raises(IntegrityError, match="its claim is submitted"):
        claim.lines.get().evidence.create(document=document)


def test_a_stranger_s_source_is_no_match_funding(live_award, people):
    draft = draft_claim(live_award, people)
    entry = rules.MatchLine("Rent", dt.date(2027, 4, 1), 100, source=10**9)
    with pytest.raises(Refused, match="one of your own sources"):
        put_match(claim=draft, line=entry, by=people.applicant, at=QUARTER_OVER)
