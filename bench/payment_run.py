"""Time a payment run of 5,000 claims: put forward, made into its file, and paid by the bank's report.

Run it by: python -m bench.payment_run [CLAIMS]

The deeds are those of the pages, in a database of their own with every rule on; only what comes before (bids, awards,
approved claims) is copied in. Seconds are of the clock. Limits: made in less than 10 s; not a penny differs.
"""

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

from bench.database import ROOT, fresh

EACH, GRANT, LIMIT = 3, 700_000, 10.0  # claims of an award; pence of a claim; seconds
AT = dt.datetime(2028, 3, 1, 9, tzinfo=dt.UTC)


def measure(claims: int) -> dict[str, float]:
    """Return the seconds of each deed, and by how many pence the ledger differs."""
    with fresh("bench_run"):
        code = f"from bench.payment_run import time_run; time_run({claims})"
        out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(out.stdout.splitlines()[-1])


def time_run(claims: int) -> None:
    """Fill the database, pay every claim by one run, and print the figures as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    os.environ["MATCHFUND_PAYER_ACCOUNT"] = "102030/12345678/Department of Health and Social Care"
    import django

    django.setup()
    from awards import payable, reconciling
    from awards.actions import bank_reports, runs
    from funds import watchdog

    first, second = _fill(-(-claims // EACH))
    role, found = "finance_officer", {}
    chosen = list(payable.waiting()[:claims])

    def timed[T](name: str, deed: Callable[[], T]) -> T:
        begun = time.perf_counter()
        made = deed()
        found[name] = time.perf_counter() - begun
        return made

    run = timed("proposed", lambda: runs.propose_run(claims=chosen, pay_on=AT.date(), by=first, role=role, at=AT))
    timed("made", lambda: runs.make_run(run=run, by=second, role=role, at=AT))
    lines = [f"MF{claim.reference},paid,,7000.00" for claim in chosen]
    data = "\n".join(["end_to_end_id,status,reason,amount", *lines]).encode()
    timed("paid", lambda: bank_reports.import_report(name="r.csv", data=data, by=second, role=role, at=AT))
    differs = sum(abs(line.difference) for line in reconciling.by_stream()) + len(watchdog.differences())
    paid = sum(line.paid for line in reconciling.by_stream())
    print(json.dumps(found | {"claims": len(chosen), "paid_pence": paid, "differs": differs}))


def _fill(awards: int) -> tuple[object, object]:
    """Copy awards of three approved claims each in; return two finance officers."""
    import psycopg

    from accounts.models import Membership, Organisation, User
    from bench.submitted import COMPANIES, fill
    from funds.models import Envelope
    from tests.cast import money_in
    from tests.cast_awards import another_pot

    call = fill(awards)
    department = Organisation.objects.get(kind="department")
    officials = User.objects.bulk_create(
        User(email=f"official.{n}@example.org", full_name=f"Official {n}", password="!") for n in range(5)
    )
    roles = ("finance_officer", "finance_officer", "fund_manager", "fund_manager", "monitoring_officer")
    Membership.objects.bulk_create(
        Membership(user=user, organisation=department, role=role) for user, role in zip(officials, roles, strict=True)
    )
    total = awards * EACH * GRANT
    money_in(call.stream, total, by=officials[2], approver=officials[3])
    pot = another_pot(call.stream, total, by=officials[2], approver=officials[3])
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("ALTER TABLE funds_competition DISABLE TRIGGER USER")
        owner.execute("UPDATE funds_competition SET pot_id = %s WHERE id = %s", [pot.pk, call.pk])
        owner.execute("ALTER TABLE funds_competition ENABLE TRIGGER USER")
    Envelope.objects.bulk_create(Envelope(kind="award", stream=call.stream) for _ in range(awards))
    call.refresh_from_db()
    _accounts(COMPANIES, officials)
    _awards(call, officials)
    return officials[0], officials[1]


def _accounts(companies: int, officials: list) -> None:
    from accounts.models import Organisation
    from awards import bank
    from awards.models import BankCheck, BankDetails

    made = []
    for company in Organisation.objects.filter(kind="sme"):
        account = bank.account("200000", f"{company.pk:08}", company.name)
        made.append(
            BankDetails(organisation=company, holder=account.holder, sealed=bank.seal(account), modulus="not_checked",
                        fingerprint=bank.fingerprint(account), entered_by=officials[2], entered_at=AT)
        )  # fmt: skip
    BankDetails.objects.bulk_create(made)
    BankCheck.objects.bulk_create(
        BankCheck(details=details, outcome="verified", note="Copied in.", by=officials[3], at=AT) for details in made
    )


def _awards(call, officials: list) -> None:
    """Write awards, their commitments, and claims that three people's approvals stand under."""
    import psycopg

    from awards.models import Award, Claim
    from bids.models import Bid
    from funds import ledger
    from funds.models import Approval, Envelope, LedgerEntry, Proposal

    envelopes = list(Envelope.objects.filter(kind="award").order_by("pk"))
    bids = list(Bid.objects.order_by("pk"))
    awards = [
        Award(pk=n, reference=f"MFA-{n:06}", bid=bid, envelope=envelope, content_sha256="0" * 64,
              grant_pence=EACH * GRANT, starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2028, 2, 29),
              responsible_officer=call.responsible_officer, offered_at=AT)
        for n, (bid, envelope) in enumerate(zip(bids, envelopes, strict=True), 1)
    ]  # fmt: skip
    tables = ("awards_award", "awards_claim")
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        Award.objects.bulk_create(awards)
        ledger.post_all(
            [LedgerEntry(kind="committed", reference=f"{a.reference}/2027-28", pence=EACH * GRANT, year="2027-28",
                         stream=call.stream, pot=call.pot, award=a.envelope) for a in awards],
            by=officials[2], at=AT,
        )  # fmt: skip
        claims = [
            Claim(reference=f"{a.reference}-P1-C{n}", award=a, organisation_id=a.bid.lead_id, number=n,
                  starts_on=dt.date(2027, 3 * n, 1), ends_on=dt.date(2027, 3 * n + 2, 28), state="approved",
                  content_sha256=hashlib.sha256(f"{a.pk}-{n}".encode()).hexdigest(), eligible_pence=GRANT * 10 // 7,
                  grant_pence=GRANT, match_pence=GRANT * 3 // 7, submitted_by=call.responsible_officer,
                  submitted_at=AT, received_at=AT)
            for a in awards for n in range(1, EACH + 1)
        ]  # fmt: skip
        Claim.objects.bulk_create(claims)
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    proposals = Proposal.objects.bulk_create(
        Proposal(kind="claim", reference=c.reference, content={}, content_sha256=c.content_sha256,
                 by=call.responsible_officer, at=AT) for c in claims
    )  # fmt: skip
    steps = (("review", officials[4]), ("approve", officials[2]))
    Approval.objects.bulk_create(
        Approval(proposal=p, step=step, by=by, role="fund_manager", at=AT) for p in proposals for step, by in steps
    )
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")


def main(claims: int) -> int:
    """Print the figures; tell whether every limit was kept."""
    found = measure(claims)
    for name in ("proposed", "made", "paid"):
        print(f"{found['claims']:,} claims {name:10}{found[name]:8.2f} s")
    whole = found["paid_pence"] == found["claims"] * GRANT and found["differs"] == 0
    kept = found["made"] < LIMIT and found["proposed"] < LIMIT and whole
    print(f"differs by {found['differs']} pence   limits {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(*[int(text) for text in sys.argv[1:]] or [5_000]))
