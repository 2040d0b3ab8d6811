"""What the database refuses when Python is bypassed: direct SQL as the web's role, and as the owner."""

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from audit.sealing import close_block
from awards import letter_content
from funds import approvals
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, agree

pytestmark = pytest.mark.django_db


def run(sql: str, *values) -> int:
    """Run one statement as the web's role; return how many rows it changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@pytest.fixture
def paid(claim, people):
    """A claim on whose way something was written into every table that never changes."""
    return agree(claim, people, "review", "approve", "instruct", "pay")


WRITTEN_ONCE = ["funds_ledgerentry", "funds_approval", "funds_proposal", "audit_event", "audit_seal", "awards_letter"]


@pytest.mark.parametrize("table", [*WRITTEN_ONCE, "funds_envelope"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_web_s_role_may_not_change_what_is_written_once(db, table, statement):
    column = "number" if table == "audit_seal" else "id"
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(statement.format(table, column, column))


def refusal_of_the_owner(statement: str) -> str:
    """Return how the database refuses a statement of the owner's, on a connection of the owner's own."""
    owner = connections["owner"].settings_dict
    address = {"dbname": owner["NAME"], "user": owner["USER"], "host": owner["HOST"], "port": owner["PORT"]}
    with psycopg.connect(**address, password=owner["PASSWORD"]) as session:
        try:
            session.execute(statement)
        except psycopg.errors.IntegrityConstraintViolation as error:
            return str(error).splitlines()[0].partition(" are ")[2]
    return "done"


@pytest.mark.django_db(transaction=True)
def test_nor_may_the_owner(paid):
    close_block(QUARTER_OVER)
    statements = [
        f"UPDATE {t} SET at = at" if t != "audit_seal" else f"UPDATE {t} SET seal = seal" for t in WRITTEN_ONCE
    ]
    statements = [s.replace("SET at = at", "SET key = key") if "letter" in s else s for s in statements]
    told = {refusal_of_the_owner(s) for s in [*statements, *(f"DELETE FROM {t}" for t in WRITTEN_ONCE)]}
    assert told == {"never changed or deleted: add a new record"}


@pytest.mark.parametrize("counter", ["cap", "allocated", "committed", "instructed", "paid"])
def test_no_counter_can_be_set(award, counter):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(f"UPDATE funds_envelope SET {counter}_pence = 1 WHERE id = %s", award.envelope_id)


def test_an_envelope_begins_at_zero(stream):
    with pytest.raises(IntegrityError, match="begins at zero"):
        run(
            "INSERT INTO funds_envelope (kind, stream_id, year, cap_pence, allocated_pence, committed_pence,"
            " instructed_pence, paid_pence) VALUES ('award', %s, '', 5, 0, 0, 0, 0)",
            stream.pk,
        )


@pytest.mark.parametrize("state", ["accepted", "live", "completed", "lapsed", "terminated", "nonsense"])
def test_an_offered_award_cannot_jump(award, state):
    with pytest.raises(IntegrityError, match=r"cannot go from offered to|is not complete"):
        run("UPDATE awards_award SET state = %s WHERE id = %s", state, award.pk)


@pytest.mark.parametrize("state", ["reviewed", "approved", "instructed"])
def test_a_claim_moves_only_with_its_approvals(claim, state):
    with pytest.raises(IntegrityError, match=f"cannot be {state} without the approval review"):
        run("UPDATE awards_claim SET state = %s WHERE id = %s", state, claim.pk)


@pytest.mark.parametrize("state", ["draft", "paid"])
def test_a_claim_moves_along_its_graph(claim, state):
    with pytest.raises(IntegrityError, match=f"a claim cannot go from submitted to {state}"):
        run("UPDATE awards_claim SET state = %s WHERE id = %s", state, claim.pk)


def test_a_claim_is_not_approved_on_the_reviewer_s_word(claim, people):
    agree(claim, people, "review")
    with pytest.raises(IntegrityError, match="cannot be approved without the approval approve"):
        run("UPDATE awards_claim SET state = 'approved' WHERE id = %s", claim.pk)


def test_an_approval_counts_for_the_newest_content_only(claim, people):
    agree(claim, people, "review", "approve")
    run(
        "INSERT INTO funds_proposal (kind, reference, content, content_sha256, by_id, at)"
        " SELECT kind, reference, content, content_sha256, by_id, at FROM funds_proposal WHERE kind = 'claim'"
    )
    with pytest.raises(IntegrityError, match="cannot be instructed without the approval"):
        run("UPDATE awards_claim SET state = 'instructed' WHERE id = %s", claim.pk)


def give(claim, step: str, by) -> None:
    """Approve a step by direct SQL."""
    run(
        "INSERT INTO funds_approval (proposal_id, step, by_id, role, at)"
        " SELECT max(id), %s, %s, 'fund_manager', now() FROM funds_proposal WHERE kind = 'claim' AND reference = %s",
        step, by.pk, claim.reference,
    )  # fmt: skip


def test_the_maker_cannot_approve(claim, people):
    with pytest.raises(IntegrityError, match="cannot approve it"):
        give(claim, "review", people.applicant)


def test_nobody_approves_two_steps(claim, people):
    agree(claim, people, "review")
    with pytest.raises(IntegrityError, match="each_person_once"):
        give(claim, "approve", people.monitoring_officer)


@pytest.mark.parametrize(
    "change",
    ["grant_pence = 1", "eligible_pence = 9e8", "match_pence = 1", "content_sha256 = 'x'", "number = 2"],
)
def test_a_submitted_claim_is_frozen(claim, change):
    with pytest.raises(IntegrityError, match="is submitted and cannot be changed"):
        run(f"UPDATE awards_claim SET {change} WHERE id = %s", claim.pk)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE awards_claimline SET pence = 1", "DELETE FROM awards_claimline", "DELETE FROM awards_claim"],
)
def test_its_lines_are_too(claim, statement):
    with pytest.raises(IntegrityError, match=r"are fixed|cannot be changed"):
        run(statement)


@pytest.mark.parametrize("column", ["grant_pence", "starts_on", "content_sha256", "bid_id", "envelope_id"])
def test_an_issued_award_is_frozen(issued_award, column):
    other = {"starts_on": "'2027-04-01'", "content_sha256": "'x'"}.get(column, f"{column} + 1")
    with pytest.raises(IntegrityError, match="is letter_issued and cannot be changed"):
        run(f"UPDATE awards_award SET {column} = {other} WHERE id = %s", issued_award.pk)


def test_an_issued_award_s_partners_and_conditions_are_fixed(issued_award):
    with pytest.raises(IntegrityError, match="is letter_issued: award partners are fixed"):
        run("UPDATE awards_awardpartner SET grant_pounds = grant_pounds")
    with pytest.raises(IntegrityError, match="is letter_issued: conditions are fixed"):
        run("UPDATE awards_condition SET settled_at = NULL, settled_by_id = NULL")


def test_no_letter_without_verified_match_whatever_two_people_say(award, people):
    run(
        "UPDATE awards_condition SET rating = 'green', settled_at = now(), settled_by_id = %s",
        people.finance_officer.pk,
    )
    run("UPDATE awards_award SET state = 'conditions_met' WHERE id = %s", award.pk)
    facts = {"role": "fund_manager", "at": NOW}
    content = letter_content.content(award)
    proposal = approvals.propose(
        kind="letter", reference=award.reference, content=content, by=people.fund_manager, **facts
    )
    approvals.approve(proposal=proposal, by=people.second_manager, **facts)
    with pytest.raises(IntegrityError, match="lacks verified match funding or a settled condition"):
        run("UPDATE awards_award SET state = 'letter_issued' WHERE id = %s", award.pk)


def test_no_letter_without_a_second_person(settled_award):
    with pytest.raises(IntegrityError, match="cannot be letter_issued without the approval approve"):
        run("UPDATE awards_award SET state = 'letter_issued' WHERE id = %s", settled_award.pk)


@pytest.mark.parametrize(
    "change", ["data = '{}'", "short_code = 'AAAA-AAAA'", "requested_at = now()", "number = 2", "award_id = 0"]
)
def test_a_letter_request_keeps_what_was_issued(issued_award, change):
    with pytest.raises(IntegrityError, match="cannot be changed"):
        run(f"UPDATE awards_letterrequest SET {change}")


@pytest.mark.parametrize("change", ["pence = 1", "end_to_end_id = 'X'", "instructed_at = now()"])
def test_a_payment_keeps_its_id_and_amount(paid, change):
    with pytest.raises(IntegrityError, match="cannot be changed"):
        run(f"UPDATE awards_payment SET {change}")


ANOTHER_PAYMENT = (
    "INSERT INTO awards_payment (claim_id, end_to_end_id, pence, state, instructed_by_id, instructed_at,"
    " bank_reference) SELECT claim_id, 'another', pence, 'instructed', instructed_by_id, now(), '' FROM awards_payment"
)


def test_a_claim_has_one_payment(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    with pytest.raises(IntegrityError, match="duplicate key"):
        run(ANOTHER_PAYMENT)


def test_nothing_is_paid_but_by_a_run_of_two_people(paid):
    with pytest.raises(IntegrityError, match="is in no run that two people agreed to"):
        run(ANOTHER_PAYMENT)


def test_more_cannot_be_instructed_than_is_committed(claim):
    entry = "SELECT 'instructed', 'x', e.committed_pence + 1, stream_id, '2027-28', %s, e.id, '', now()"
    with pytest.raises(IntegrityError, match="funds_instructed_within_committed"):
        run(
            "INSERT INTO funds_ledgerentry (kind, reference, pence, stream_id, year, pot_id, award_id, reason, at) "
            + entry + " FROM funds_envelope e WHERE e.id = %s",
            claim.award.bid.competition.pot_id, claim.award.envelope_id,
        )  # fmt: skip
