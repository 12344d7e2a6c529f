"""Deliver: an approved edition goes to every reader of its audience, each at most once.

The audience is frozen into Delivery rows. A sender claims a slice of them, which is the committed
intent to send it; sends it in order, noting in a journal what leaves and what comes back; and
settles it. So whenever it dies, ledger and journal say which messages may have left.
docs/delivery.md has the states and who may move them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Now

from newsletter import clock
from newsletter.correction import hold_if_untimely
from newsletter.deliver.armed import NotArmed, is_copy, require_armed
from newsletter.deliver.as_approved import hold_if_changed
from newsletter.deliver.audience import freeze_audience
from newsletter.deliver.balance import Balance, balance_of
from newsletter.deliver.doubt import assume_sent, settle_doubts
from newsletter.deliver.forgotten import hold_if_forgotten
from newsletter.deliver.recover import recover_abandoned
from newsletter.deliver.report import open_report
from newsletter.deliver.sender import OUR_OWN, Sender
from newsletter.deliver.supplement import fill
from newsletter.models import Delivery, DeliveryQuerySet, Edition, WrongState

__all__ = [
    "Balance",
    "NotArmed",
    "advance",
    "balance_of",
    "begin",
    "cancel_edition",
    "deliver_edition",
    "expire_edition",
    "release_for_now",
    "settle",
    "tidy",
]

logger = logging.getLogger(__name__)

State = Edition.State
OVER = (State.CANCELLED, State.EXPIRED)  # and not everybody has it
LATE = timedelta(days=1)  # no answer is heard later than that


def deliver_edition(edition: Edition, watch: Callable[[], None] | None = None) -> Balance:
    """Send an approved edition to everyone who is due, and settle it when nobody is left.

    May be run again at any time and by several at once: nobody gets two. Returns after a minute at
    the latest, and while the edition is on hold, the way out is closed, or others hold the rest;
    `watch` is called after each slice. Raises NotArmed where this database is a copy, and OSError
    where this process has no memory or files left: another one may.
    """
    tidy()
    if edition.expires_at and edition.expires_at < clock.now():
        expire_edition(edition)
    begin(edition)
    if edition.state == State.SENDING:
        send_what_is_due(edition, watch)
        expire_pending(edition.deliveries.filter(expires_at__lte=clock.now()))
    if edition.state in OVER:
        expire_pending(edition.deliveries.all())
    settle(edition)
    return balance_of(edition)


def send_what_is_due(edition: Edition, watch: Callable[[], None] | None) -> None:
    try:
        hold_if_forgotten(edition)
        with Sender(edition) as sender:
            while not edition.newsletter.is_quiet(clock.now()) and sender.deliver_slice():
                if watch:
                    watch()
    except FileExistsError:
        hold_if_forgotten(edition)
    except OSError as error:  # nothing leaves that cannot be noted
        logger.error("deliver edition=%s: %r", edition.pk, error)
        if error.errno in OUR_OWN:
            raise
        edition.say_why(f"Nothing can be noted in the journal: {error}")
    edition.refresh_from_db()


def begin(edition: Edition) -> None:
    """From approved to sending, by way of the frozen audience, once its time has come. May be
    repeated anywhere.

    One whose bytes are not those that were approved is put on hold, and so is a correction that
    would miss readers. Raises NotArmed where this database is a copy, and says so on the edition.
    """
    if edition.hold_reason or (edition.not_before and edition.not_before > clock.now()):
        return
    try:
        require_armed()
    except NotArmed as refused:
        edition.say_why(str(refused))
        raise
    if edition.state in (State.APPROVED, State.FREEZING) and hold_if_changed(edition):
        return
    if edition.state == State.APPROVED and not hold_if_untimely(edition):
        advance(edition, State.FREEZING, come_from=State.APPROVED, audience_cutoff_at=Now())
    if edition.state == State.FREEZING:
        if edition.audience_frozen_at is None:
            freeze_audience(edition)
        fill(edition)
        open_report(edition)
        advance(
            edition,
            State.SENDING,
            come_from=State.FREEZING,
            audience_frozen_at=Coalesce("audience_frozen_at", Now()),
            audience_count=edition.deliveries.count(),
        )


def settle(edition: Edition) -> None:
    """Done, once the rows say so: nobody is left, and no doubt waits for evidence any more."""
    if edition.state == State.SENDING and not balance_of(edition).left_count:
        advance(edition, State.SETTLING, come_from=State.SENDING)
    if edition.state != State.SETTLING or settle_doubts(edition):
        return
    balance = balance_of(edition)
    if balance.left_count:  # a late answer, or the policy, has made some pending again
        advance(edition, State.SENDING, come_from=State.SETTLING)
        return
    end = {"done_at": Now(), "final_counts": asdict(balance), "reason": "", "verified_at": None}
    advance(edition, State.DONE, come_from=State.SETTLING, **end)
    logger.info("delivered edition=%s %s", edition.pk, asdict(balance))


def advance(edition: Edition, to: State, *, come_from: State, **fields: object) -> None:
    """Move it on, or find that another sender, or an editor, was faster; it is as it is then."""
    try:
        edition.move(to, come_from=[come_from], **fields)
    except WrongState as overtaken:
        logger.info("deliver edition=%s: %s", edition.pk, overtaken)
        edition.refresh_from_db()


def tidy() -> None:
    """Settle what dead senders and ended editions left behind. May be repeated.

    What was not sent when its edition was cancelled or expired stays unsent. One that was done
    goes on, where a sender that was held for dead has told since that a mail had not left. A copy
    leaves all as it is: those senders are another site's.
    """
    if is_copy():
        return
    recover_abandoned()
    for edition in done_too_soon():
        advance(edition, State.SENDING, come_from=State.DONE)
    over = Delivery.objects.filter(edition__state__in=OVER)
    expire_pending(over)
    assume_sent(over, "over")


def done_too_soon() -> QuerySet[Edition]:
    pending = Delivery.objects.filter(edition=OuterRef("pk"), state=Delivery.State.PENDING)
    recent = Edition.objects.filter(state=State.DONE, done_at__gt=clock.now() - LATE)
    return recent.filter(Exists(pending))


def expire_edition(edition: Edition) -> None:
    """Old news is not sent: nothing more of it leaves after its expiry. May be repeated.

    What was not sent by then ends as expired; an edition on its way ends with the rest of its
    deliveries unsent, and the report says how many.
    """
    if edition.state in Edition.LEAVING:
        expire_pending(edition.deliveries.all())
        settle(edition)
        return
    reason = edition.reason or f"It was still {edition.state} when its time had passed."
    advance(edition, State.EXPIRED, come_from=State(edition.state), reason=reason)


def release_for_now(edition: Edition) -> None:
    """Let an approved edition leave before its send time. Raises WrongState when it cannot leave:
    it is not approved, on hold, or over."""
    if edition.hold_reason:
        raise WrongState(f"{edition} is on hold: {edition.hold_reason}")
    if edition.state in OVER or (edition.expires_at and edition.expires_at < clock.now()):
        raise WrongState(f"{edition} is over: it is {edition.state}, and nothing of it leaves")
    if edition.state == State.APPROVED:
        edition.move(State.APPROVED, come_from=[State.APPROVED], not_before=Now())
    elif edition.state not in (*Edition.LEAVING, State.DONE):
        raise WrongState(f"{edition} is {edition.state}; approve it first")


def cancel_edition(edition: Edition, reason: str) -> None:
    """End it: what has left has left, the rest stays unsent. Raises WrongState when it ended."""
    if not edition.cancel(reason):
        raise WrongState(f"{edition} is {edition.state}, so it cannot be cancelled any more")
    expire_pending(edition.deliveries.all())


@transaction.atomic
def expire_pending(deliveries: DeliveryQuerySet) -> None:
    """What is in somebody else's hands at this moment is left to them, or to the next tick: two who
    did this at once would wait for each other."""
    pending = deliveries.filter(state=Delivery.State.PENDING)
    free = pending.select_for_update(skip_locked=True).values("pk")
    Delivery.objects.filter(pk__in=free).update(state=Delivery.State.EXPIRED)
