"""The ledger's two moves: a slice is claimed, and a slice is settled. One statement each way.

Claiming is the intent: once it is committed, its messages may leave, and not before. A slice's id
is its fence: whatever is written later names it, so that a stale sender's write matches no row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from newsletter.addressee import Addressee
from newsletter.deliver import dialect
from newsletter.deliver.journal import Journal
from newsletter.mac import mac
from newsletter.models import Channel, Delivery, DeliveryQuerySet, Edition, Slice
from newsletter.outcome import Outcome, Result

State = Delivery.State
LEASE = timedelta(minutes=5)  # how long another machine waits, though the sender's lock is free
FIRST_WAIT = timedelta(minutes=1)  # before what surely did not leave is tried again, then doubled
MOST_DOUBLINGS = 6  # about an hour
LONGEST_WAIT = timedelta(hours=1)  # that a provider may ask for

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM newsletter_delivery
    WHERE edition_id = %(edition)s AND state = 'pending' AND not_before <= {now}
      AND (expires_at IS NULL OR expires_at > {now})
      AND EXISTS (
        SELECT 1 FROM newsletter_edition
        WHERE id = %(edition)s AND state = 'sending' AND hold_reason = '' AND expires_at > {now})
    ORDER BY edition_id, not_before, id LIMIT %(most)s {skip_locked})
UPDATE newsletter_delivery SET
    fence = %(fence)s,
    state = CASE WHEN EXISTS (
        SELECT 1 FROM newsletter_subscription
        JOIN newsletter_subscriber ON newsletter_subscriber.id = subscriber_id
        WHERE subscriber_id = newsletter_delivery.subscriber_id AND newsletter_id = %(newsletter)s
          AND newsletter_subscription.state = 'confirmed'
          AND (paused_until IS NULL OR paused_until <= {now})
          AND NOT {suppressed}
        ) THEN 'sending' ELSE 'suppressed' END
WHERE id IN (SELECT id FROM due)
RETURNING id
"""

ACCEPT = """
UPDATE newsletter_delivery SET
    state = 'accepted', accepted_at = {now}, attempts = attempts + 1,
    provider_message_id = told.text, error_class = '', error_code = ''
FROM {told}
    AND fence = %(fence)s AND state IN ('sending', 'in_doubt')
"""


@dataclass
class Outcomes:
    """What became of a slice, as far as it is known."""

    results: dict[int, Result] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)  # of these, the ones without a result may
    all_may_have_left: bool = False  # have left; with this, every one without a result may have


def claim(
    edition: Edition, channel: Channel, most: int, owner: str, journal: Journal
) -> tuple[Slice, list[Addressee]] | None:
    """Take up to `most` due deliveries, in order, and commit that they may leave.

    Nobody else gets them; readers who left meanwhile end as suppressed. None when none is due, or
    the edition may not go. The journal is on the slice before the claim is committed.
    """
    with transaction.atomic():
        dialect.plan_without("seqscan", "hashjoin", "mergejoin")
        taken = Slice.objects.create(
            edition=edition,
            channel=channel,
            owner=owner,
            journal=journal.place,
            lease_until=Now() + LEASE,
            way_out=fingerprint(channel),
            rate=channel.rate,
        )
        if not mark(taken, most):
            taken.delete()
            return None
        addressees = addressees_of(taken)
        Slice.objects.filter(pk=taken.pk).update(size=len(addressees))
        journal.begin(taken.pk)
    return taken, addressees


def fingerprint(channel: Channel) -> str:
    """Tells where a channel leads from where it led before, without its secrets."""
    return mac("paperboy.way-out", settings.CHANNELS.get(channel.name, ""))[:8].hex()


def mark(taken: Slice, most: int) -> int:
    """How many rows were due; those of readers who left are settled with that."""
    sql = CLAIM.format(
        now=dialect.now(), suppressed=dialect.suppressed(), skip_locked=dialect.skip_locked()
    )
    names = {
        "edition": taken.edition_id,
        "newsletter": taken.edition.newsletter.subscribed_id,
        "fence": taken.pk,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        return len(cursor.fetchall())


def addressees_of(taken: Slice) -> list[Addressee]:
    """Those of a slice who are to be sent to, in order."""
    rows = Delivery.objects.filter(fence=taken.pk, state=State.SENDING)
    return addressees(rows.order_by("not_before", "pk"), taken.edition)


def addressees(rows: DeliveryQuerySet, edition: Edition) -> list[Addressee]:
    """Whom deliveries of one edition go to, in the order they come in."""
    reader = edition.subscriptions.filter(subscriber=OuterRef("subscriber"))
    columns = ("pk", "reader", "rendition_id", "subscriber__email")
    return [
        Addressee(*row) for row in rows.annotate(reader=reader.values("pk")).values_list(*columns)
    ]


def gone(taken: Slice) -> set[int]:
    """Those of a slice who have left, or were suppressed, since it was claimed."""
    rows = Delivery.objects.filter(fence=taken.pk, state=State.SENDING)
    with transaction.atomic():
        dialect.plan_without("seqscan", "hashjoin", "mergejoin")
        return set(rows.exclude(mailable(taken.edition)).values_list("pk", flat=True))


def mailable(edition: Edition) -> Exists:
    return Exists(edition.subscriptions.mailable().filter(subscriber=OuterRef("subscriber")))


def settle(taken: Slice, outcomes: Outcomes) -> None:
    """Write down what became of a slice. May be repeated: the second time nothing is left to write.

    Whoever was not started is pending again; whoever was, without a result, is in doubt. A result
    counts also where somebody held the sender for dead, and the row for doubtful, meanwhile.
    """
    with transaction.atomic():
        dialect.plan_without("seqscan", "nestloop")
        row = Slice.objects.select_for_update().get(pk=taken.pk)
        accepted = [each for each in outcomes.results.items() if is_accepted(each[1])]
        write_accepted(taken, accepted)
        write_others(taken, outcomes.results)
        if row.settled_at is None:
            write_unknown(taken, outcomes)
            row.settled_at, row.accepted_count = Now(), len(accepted)
            row.save(update_fields=["settled_at", "accepted_count"])


def write_unknown(taken: Slice, outcomes: Outcomes) -> None:
    """What is still sending has no result: what may have left is in doubt, the rest pending."""
    unknown = Delivery.objects.filter(fence=taken.pk, state=State.SENDING)
    started = unknown.filter(dialect.among(outcomes.started))
    doubtful = unknown if outcomes.all_may_have_left else started
    doubtful.update(
        state=State.IN_DOUBT,
        in_doubt_at=Now(),
        doubt_reason="the sender ended after it may have left",
    )
    unknown.update(state=State.PENDING)


def is_accepted(result: Result) -> bool:
    return result.outcome is Outcome.ACCEPTED


def write_accepted(taken: Slice, accepted: Collection[tuple[int, Result]]) -> None:
    """In one statement, each with the message id that the provider gave it, if it can be kept."""
    pairs = [(delivery_id, kept(result.message_id)) for delivery_id, result in accepted]
    sql = ACCEPT.format(now=dialect.now(), told=dialect.told())
    with connection.cursor() as cursor:
        cursor.execute(sql, dialect.telling(pairs) | {"fence": taken.pk})


def kept(message_id: str) -> str:
    """None with an octet that no column takes: one mail's would keep the whole slice open."""
    return message_id[:255] if message_id.isprintable() else ""


def write_others(taken: Slice, results: Mapping[int, Result]) -> None:
    """One statement for each different result, and for each number of earlier attempts."""
    alike: dict[tuple[Result, int], list[int]] = defaultdict(list)
    others = [key for key, result in results.items() if not is_accepted(result)]
    for key, attempts in open_rows(taken, others).values_list("pk", "attempts"):
        alike[results[key], attempts].append(key)
    for (result, attempts), delivery_ids in alike.items():
        open_rows(taken, delivery_ids).update(**after(result, attempts))


def open_rows(taken: Slice, delivery_ids: Collection[int]) -> DeliveryQuerySet:
    return Delivery.objects.filter(
        dialect.among(delivery_ids),
        fence=taken.pk,
        state__in=[State.SENDING, State.IN_DOUBT],
    )


def after(result: Result, attempts: int) -> dict[str, object]:
    """The columns of a delivery after a result that is no yes."""
    error = {
        "error_class": result.outcome.value,
        "error_code": result.code[:200],
        "attempts": attempts if result.cools else attempts + 1,
    }
    if result.outcome is Outcome.NOT_SENT:
        return {"state": State.PENDING, "not_before": Now() + wait(result, attempts), **error}
    if result.outcome is Outcome.REJECTED:
        return {"state": State.REJECTED, **error}
    return {
        "state": State.IN_DOUBT,
        "in_doubt_at": Now(),
        "doubt_reason": result.code[:200],
        **error,
    }


def wait(result: Result, attempts: int) -> timedelta:
    """Before it is tried again. Where the whole channel waits, the message itself need not."""
    if result.retry_after is not None:
        return timedelta(seconds=min(result.retry_after, LONGEST_WAIT.total_seconds()))
    return timedelta(0) if result.cools else FIRST_WAIT * 2 ** min(attempts, MOST_DOUBLINGS)
