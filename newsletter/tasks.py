"""The pipeline in its order, as tasks for workers.

The database is the queue: a task that is lost, late or run twice changes nothing but the time,
since the next tick asks the tables again. Tasks take ids, return nothing, and are called as plain
functions by the management commands.
"""

from __future__ import annotations

import logging
import time
from datetime import date, timedelta

from celery import Task
from django.conf import settings
from django.db import transaction
from django.utils.translation import override
from kombu.exceptions import OperationalError

from newsletter import (
    again,
    announce,
    clock,
    counts,
    errata,
    imports,
    notify,
    testers,
    writing,
)
from newsletter.approve import Stopped, approve_edition
from newsletter.celery import app
from newsletter.collect import collect_papers
from newsletter.compose import compose_edition
from newsletter.deliver import deliver_edition
from newsletter.deliver.report import count_told, reports_due
from newsletter.deliver.sender import SECONDS
from newsletter.doctor import kept
from newsletter.due import approvals_due, pulls_due
from newsletter.models import Edition, Sign, Wording, WrongState
from newsletter.move import forget_changes
from newsletter.preflight import visits
from newsletter.probe import probe, probes_due
from newsletter.roundup import is_week_over
from newsletter.subscribe import forget_unconfirmed, remind_unconfirmed
from newsletter.track import bounce_box, callbacks
from newsletter.track.refusals import take_refusals
from newsletter.verify import record, unverified
from papers import fetch, fulltext
from papers.sources.base import SourceError

logger = logging.getLogger(__name__)

State = Edition.State
MOST_REPORTS = 10  # a turn
SOON = 120  # seconds that a worker keeps a wake-up; a broker would hand a later one out twice
LANGUAGE_OF_REASONS = "en"  # as all that the desk keeps of why
SECONDS_FOR_TEXTS = 45  # of a turn, about 15 papers at arXiv's pace
BUILD_EVERY = timedelta(minutes=3)  # until it is built: a killed build starts again after that


@app.task
def fetch_papers(source: str, day: str) -> None:
    """Ask a source for a date and store what it says, unless someone has just done it."""
    listed_on = date.fromisoformat(day)
    if (source, listed_on) not in pulls_due(clock.now()):
        return
    try:
        fetch.fetch_papers(source, listed_on)
    except SourceError as error:
        logger.warning("fetch source=%s date=%s: %s", source, day, error)
    wake(read_texts, source, day)


@app.task
def read_texts(source: str, day: str) -> None:
    """The full texts of a list's papers, for a turn, ahead of the edition that is built of them."""
    if fulltext.read_listed(source, date.fromisoformat(day), seconds=SECONDS_FOR_TEXTS):
        wake(read_texts, source, day)


@app.task
def build_edition(edition_id: int) -> None:
    """Fetch, summarise, compose. With the source down it is tried again until it expires.

    The models write for as long as the claim lasts, or until the send time is near; what they have
    not written then are extracts, and the draft has them asked again.
    """
    edition = Edition.objects.select_related("newsletter").get(pk=edition_id)
    now = clock.now()
    if not edition.claim_build(now, again_at=now + BUILD_EVERY):
        return
    is_roundup = edition.newsletter.roundup_of_id is not None
    if is_roundup and now < edition.newsletter.send_at(edition.date) and not is_week_over(edition):
        return
    seconds = writing.seconds_to_write(edition, now)
    mine = Edition.objects.filter(pk=edition.pk, state=State.COLLECTING)
    mine.update(build_again_at=now + BUILD_EVERY + timedelta(seconds=seconds))
    collected = collect_papers(
        edition.newsletter, edition.date, ask=not is_roundup, seconds=seconds
    )
    mine.update(reason="\n".join(collected.problems), build_again_at=clock.now() + BUILD_EVERY)
    if not collected.paper_count and collected.problems:
        return
    try:
        compose_edition(edition.newsletter, edition.date)
    except WrongState as overtaken:  # an editor cancelled it meanwhile
        logger.info("build edition=%s: %s", edition_id, overtaken)
    else:
        wake(visit_links, edition_id)
        wake(announce_drafts)
        wake(write_summaries, edition_id)


@app.task
def write_summaries(edition_id: int, paper_ids: list[int] | None = None) -> None:
    """Have the language models asked for what a draft lacks, for a turn; for some papers alone, if
    an editor asked for these."""
    if settings.LLM_MODELS:
        edition = Edition.objects.select_related("newsletter").get(pk=edition_id)
        if writing.write_summaries(edition, paper_ids):
            wake(write_summaries, edition_id, paper_ids)


@app.task
def approve_unattended(edition_id: int) -> None:
    """Approve a draft that nobody has to look at, and have it sent; or hold it, where pre-flight
    stops it."""
    now = clock.now()
    due = approvals_due(now).select_related("newsletter").filter(pk=edition_id).first()
    if due is None:
        return
    writing.judge_summaries(due)
    try:
        with override(LANGUAGE_OF_REASONS):
            approve_edition(due)
    except Stopped as stopped:
        due.refresh_from_db()
        due.hold(str(stopped), stopped_at=now)
        logger.warning("approve edition=%s: stopped by %s", edition_id, len(stopped.stops))
    except WrongState as overtaken:  # an editor or another tick was faster
        logger.info("approve edition=%s: %s", edition_id, overtaken)
    else:
        wake(send_edition, edition_id, seconds=due.newsletter.undo_seconds)


@app.task
def visit_links(edition_id: int) -> None:
    """Open the links of a draft that nobody has opened lately, for a turn; and judge its summaries
    anew whose verdict does not stand any more."""
    edition = Edition.objects.select_related("newsletter").get(pk=edition_id)
    if edition.state != State.DRAFT:
        return
    writing.judge_summaries(edition)
    if visits.visit_links(edition):
        wake(visit_links, edition_id)


@app.task
def write_again(summary_id: int) -> None:
    """A summary that an editor has a language model write anew."""
    again.write_again(summary_id)


@app.task
def announce_drafts() -> None:
    """Tell editors by mail which drafts wait."""
    announce.announce_drafts()


@app.task
def send_proofs(edition_id: int, editor_id: int) -> None:
    """A proof copy to each tester of the newsletter; answers go to the editor who asked for it."""
    testers.send_proofs(edition_id, editor_id)


@app.task
def send_edition(edition_id: int) -> None:
    """Deliver to whoever has not got it; harmless when all have."""
    started_at = time.monotonic()
    deliver_edition(Edition.objects.select_related("newsletter").get(pk=edition_id))
    if time.monotonic() - started_at > SECONDS:  # the turn is over, and perhaps not the work
        wake(send_edition, edition_id)


@app.task
def probe_channel(channel_id: int) -> None:
    """Ask a stopped channel whether it works again, unless someone has just done it."""
    for channel in probes_due(clock.now()):
        if channel.pk == channel_id:
            probe(channel)


@app.task
def verify_edition(edition_id: int) -> None:
    """Ask the ledger of an edition that is over whether every promise was kept."""
    if edition := unverified().filter(pk=edition_id).first():
        take_refusals(edition)
        record(edition)


@app.task
def count_reports() -> None:
    """What was told of editions that have begun to leave, since their reports were counted."""
    for report in reports_due(clock.now())[:MOST_REPORTS]:
        count_told(report)


@app.task
def read_callbacks() -> None:
    """What providers have told our webhooks."""
    callbacks.read_waiting()


@app.task
def read_bounces() -> None:
    """What has come back by mail."""
    try:
        bounce_box.read_bounces()
    except OSError as error:
        logger.warning("bounces: %s", error)


@app.task
def send_notices() -> None:
    """Mail what is due to single readers. Each request on the form wakes one: it has to be quick
    where nothing may be mailed."""
    notify.send_due_notices()


@app.task
def follow_up_requests() -> None:
    """Ask who waited in vain, or once more, or forget, who never answered; and forget what nobody
    agreed to."""
    notify.ask_anew_who_waited()
    remind_unconfirmed()
    forget_unconfirmed()
    forget_changes()
    Wording.forget_unused()


@app.task
def take_import(import_id: int) -> None:
    """Look at readers' rows, or take them in, for a turn."""
    if imports.work(import_id):
        wake(take_import, import_id)


@app.task
def show_life() -> None:
    """Some worker is alive, and woken."""
    Sign.give(Sign.WORKER)


@app.task
def watch() -> None:
    """What the doctor finds, and how many readers there are."""
    kept.keep()
    counts.keep(clock.now())


@app.task
def look_for_errata() -> None:
    """What was printed lately, and has been withdrawn or revised since."""
    errata.look_for_errata(clock.now())


def wake(task: Task, *args: object, seconds: int = 0) -> None:
    """Have a worker run a task once the open transaction is committed, or some seconds later.

    Without a broker nothing is lost: what is due stands in the tables, and the next tick looks. So
    it does for what is far away.
    """

    def publish() -> None:
        try:
            task.apply_async(args, countdown=seconds)
        except OperationalError as error:
            logger.warning("%s waits for the next tick: %r", task.name, error)

    if seconds <= SOON:
        transaction.on_commit(publish)
