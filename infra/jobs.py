"""What the worker does on the clock; what a deed queues stands in the `tasks.py` of its room."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts import tasks as accounts
from accounts.actions import check_unverified
from ahsn.reminders import remind_of_returns
from assessments.actions import chase, remind_of_declarations
from assessments.rechecks import check_everything
from audit import tasks as audit
from awards import tasks as awards
from awards.actions import carry_out_letter_run, lapse_overdue, remind_to_accept, start_due
from awards.actions.expiring import expire_evidence
from awards.actions.letter_runs import TASK
from awards.claim_reminders import remind_of_claims
from bids import reminders
from bids.savers import tell_savers
from funds import watchdog
from infra import storage

STALLED_AFTER_SECONDS = 120


@app.periodic(cron="* * * * *")
@app.task(name="seal_the_record", queueing_lock="seal_the_record", pass_context=False)
def seal_the_record(timestamp: int) -> None:
    """Seal the minute's events and publish the head outside the database."""
    audit.seal_and_publish(timezone.now(), put=storage.put_once, exists=storage.exists)


@app.periodic(cron="*/2 * * * *")
@app.task(name="make_waiting_letters", queueing_lock="make_waiting_letters", pass_context=False)
def make_waiting_letters(timestamp: int) -> None:
    """Drain the letters that waited, for S3 or for a worker that was killed."""
    awards.make_letters()


@app.periodic(cron="5 * * * *")
@app.task(name="begin_and_lapse_awards", queueing_lock="begin_and_lapse_awards", pass_context=False)
def begin_and_lapse_awards(timestamp: int) -> None:
    """Start the projects whose day has come, and let go of offers that nobody accepted in time."""
    start_due(at=timezone.now())
    lapse_overdue(at=timezone.now())


@app.periodic(cron="50 6 * * *")
@app.task(name="expire_evidence", queueing_lock="expire_evidence", pass_context=False)
def ask_for_newer_evidence(timestamp: int) -> None:
    """Ask for newer evidence of match funding that was verified on evidence which is too old by now."""
    expire_evidence(at=timezone.now())


@app.task(name=TASK, queue="letters", retry=RetryStrategy(max_attempts=5, wait=10))
def carry_out_a_letter_run(run_id: int) -> None:
    """Put the letters of a run forward, or issue them, from where it was left."""
    carry_out_letter_run(run_id)


@app.periodic(cron="30 7 * * *")
@app.task(name="remind_to_accept", queueing_lock="remind_to_accept", pass_context=False)
def remind_to_accept_awards(timestamp: int) -> None:
    """Write to those whose award waits for its acceptance."""
    remind_to_accept(at=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="remind_of_deadlines", queueing_lock="remind_of_deadlines", pass_context=False)
def remind_of_deadlines(timestamp: int) -> None:
    """Write the reminders of bids that are not handed in; those that were written are not written again."""
    reminders.remind(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="ask_what_became_of_mail", queueing_lock="ask_what_became_of_mail", pass_context=False)
def ask_what_became_of_mail(timestamp: int) -> None:
    """Ask the mail provider which messages arrived."""
    accounts.ask_what_became(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="tell_savers", queueing_lock="tell_savers", pass_context=False)
def tell_those_who_saved(timestamp: int) -> None:
    """Write to people about the competitions that they have saved."""
    tell_savers(timezone.now())


@app.periodic(cron="20 7 * * *")
@app.task(name="remind_assessors", queueing_lock="remind_assessors", pass_context=False)
def remind_assessors(timestamp: int) -> None:
    """Write to assessors who have not answered or not handed in, and whose declaration of interests runs out."""
    chase(at=timezone.now())
    remind_of_declarations(at=timezone.now())


@app.periodic(cron="30 2 * * *")
@app.task(name="look_for_conflicts", queueing_lock="look_for_conflicts", pass_context=False)
def look_for_conflicts(timestamp: int) -> None:
    """Look for conflicts of interest that nothing else tells of, in what is being assessed."""
    check_everything(timezone.now())


@app.periodic(cron="40 7 * * *")
@app.task(name="remind_of_claims", queueing_lock="remind_of_claims", pass_context=False)
def remind_of_claims_due(timestamp: int) -> None:
    """Write to partners whose claims are due; each reminder is written once."""
    remind_of_claims(at=timezone.now())


@app.periodic(cron="45 7 * * *")
@app.task(name="remind_of_returns", queueing_lock="remind_of_returns", pass_context=False)
def remind_of_returns_due(timestamp: int) -> None:
    """Write to networks whose returns are due; each reminder is written once."""
    remind_of_returns(at=timezone.now())


@app.periodic(cron="40 2 * * *")
@app.task(name="confirm_organisations", queueing_lock="confirm_organisations", pass_context=False)
def confirm_organisations(timestamp: int) -> None:
    """Ask the registers about organisations that were typed while they were away."""
    check_unverified(at=timezone.now())


@app.periodic(cron="10 3 * * *")
@app.task(name="recount_the_money", queueing_lock="recount_the_money", pass_context=False)
def recount_the_money(timestamp: int) -> None:
    """Fail loudly when a counter is not the sum of its entries."""
    if found := watchdog.differences():
        raise RuntimeError(f"{len(found)} counters differ from their entries: {found[:3]}")


@app.periodic(cron="* * * * *")
@app.task(name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=False)
async def retry_stalled_jobs(timestamp: int) -> None:
    """Run again what a killed worker left behind."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await app.job_manager.retry_job(job)
