"""The small mails, and when each leaves. None goes to a suppressed address, but to ask anew."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, override

from newsletter import limits
from newsletter.address import domain_of
from newsletter.asking import PAUSE_BETWEEN_ASKINGS
from newsletter.letters import address_of, letter
from newsletter.links import ACCESS_LASTS
from newsletter.message import small_mail
from newsletter.message.fields import sender_address
from newsletter.models import Channel, Edition, Newsletter, Notice, Subscription, Suppression
from newsletter.moments import moment_in_words
from newsletter.outcome import Outcome, Result, send, send_all
from newsletter.redirects import keep_links
from newsletter.render import printed_entries, render_mail, what_readers_get

logger = logging.getLogger(__name__)

Kind = Notice.Kind

STALE_AFTER = timedelta(hours=24)  # whoever waited that long has asked again or gone
State = Subscription.State
CHANGE = "subscription__subscriber__address_change"
AWAITED = (
    Q(kind__in=(Kind.CONFIRM, Kind.REMIND), subscription__state=State.PENDING)
    | Q(kind__in=(Kind.WELCOME, Kind.LINKS), subscription__state=State.CONFIRMED)
    | Q(
        **{f"{CHANGE}__asked_at": F("due_at"), f"{CHANGE}__moved_at": None},
        kind__in=Notice.MOVING,
        subscription__state=State.CONFIRMED,
    )
)


def send_due_notices() -> int:
    """Mail what is due to single readers; how many left.

    Each is claimed before it is sent, so that of two workers one sends it. What surely did not
    leave is tried again for a day. What may have left, or was lost with a worker that died, is not:
    the reader can ask again. Those that ask wait while enough of them have left.
    """
    answers = due_notices().exclude(kind__in=Notice.ASKING)
    sent = sum(send_claimed(notice) for notice in answers if claim(notice)) + send_askings()
    if sent:
        logger.info("sent notices=%s", sent)
    return sent


def send_askings() -> int:
    """What asks, in its order, while so many may leave in this hour, in all and to a domain.

    A look costs little where none may: each request on the form leads to one.
    """
    if limits.is_hour_over():
        return 0
    sent, full, looked_past = 0, limits.full_domains(), -1
    while looked_past < len(full):  # a domain that filled up has hidden those behind it
        looked_past = len(full)
        sent += send_some_askings(full)
    return sent


def send_some_askings(full: set[str]) -> int:
    """As many as an hour lets at most; adds the domains that have had their share."""
    sent = 0
    for notice in askings(full)[: settings.CONFIRMATIONS_AN_HOUR]:
        domain = domain_of(address_of(notice))
        if domain in full or not claim(notice):
            continue
        if limits.may_be_mailed(domain):
            sent += send_claimed(notice)
            continue
        release(notice)
        if limits.is_hour_over():
            break
        full.add(domain)
    return sent


def send_proof(edition: Edition, language: str, address: str, reply_to: str = "") -> Result:
    """Mail an edition in one language to one who checks it."""
    return send_proofs(edition, language, [address], reply_to)[0]


def send_proofs(
    edition: Edition, language: str, addresses: Sequence[str], reply_to: str = ""
) -> list[Result]:
    """Mail an edition in one language, as readers get it, to each who checks it. It is written
    once, and leaves over one connection.

    Its subject says that it is a proof; its links unsubscribe nobody. Answers go to `reply_to`, the
    editor who sent it. May be repeated.
    """
    mail = what_readers_get(edition, language)
    keep_links(edition, printed_entries(edition, language))
    with override(language):
        subject = gettext("Proof: %(subject)s") % {"subject": mail.subject}
    proof = replace(mail, subject=subject)
    now = timezone.now()
    mails = [small_mail(proof, edition.newsletter, to=each, dated=now) for each in addresses]
    for message in mails:
        message.reply_to = [reply_to] if reply_to else message.reply_to
    return send_all(mails, get_connection())


def probe(channel: Channel) -> EmailMessage:
    """The mail that asks whether a channel whose breaker is open works again.

    It goes to the sender of the newsletter that left mails in doubt by it. Raises ValueError when
    that cannot be written.
    """
    newsletter = channel.breaker_newsletter or Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    language = newsletter.languages[0]
    stopped_at = channel.breaker_opened_at or timezone.now()
    with override(language):
        stopped = moment_in_words(stopped_at, newsletter.time_zone)
    context = {"channel": channel, "newsletter": newsletter, "stopped": stopped}
    mail = render_mail("probe", context, language)
    return small_mail(mail, newsletter, to=sender_address(newsletter), dated=timezone.now())


def due_notices() -> QuerySet[Notice]:
    """Those to readers who still wait for them, at addresses that may be mailed."""
    now = timezone.now()
    opens = Q(kind=Kind.ACCESS, subscription__isnull=False, due_at__gt=now - ACCESS_LASTS)
    return (
        mailable()
        .filter(
            AWAITED | opens,
            Q(can_wait=False) | ~Exists(asked_today(now)),
            sent_at=None,
            due_at__lte=now,
            due_at__gt=now - STALE_AFTER,
        )
        .select_related(CHANGE, "subscription__newsletter__roundup_of")
    )


def mailable() -> QuerySet[Notice]:
    """Those to addresses that are not suppressed. A bounce or a complaint may be old; whoever asks
    anew is asked in turn, once a month."""
    suppressed = Suppression.objects.holding().filter(address_key=OuterRef("address_key"))
    unasked = suppressed.exclude(reason__in=Suppression.READERS_TO_END)
    return Notice.objects.filter(~Exists(suppressed) | (Q(kind=Kind.CONFIRM) & ~Exists(unasked)))


def asked_today(now: datetime) -> QuerySet[Notice]:
    """What has asked at the same address: whoever is in two files is asked on two days."""
    return Notice.objects.filter(
        address_key=OuterRef("address_key"),
        kind__in=Notice.ASKING,
        sent_at__gt=now - PAUSE_BETWEEN_ASKINGS,
    )


def askings(full: Collection[str]) -> QuerySet[Notice]:
    """Those that ask, but for the domains that have had their share: who asks by themselves
    first."""
    asking = due_notices().filter(kind__in=Notice.ASKING).order_by("can_wait", "due_at", "pk")
    for domain in full:
        moves_there = Q(**{f"{CHANGE}__email__iendswith": f"@{domain}"}, kind=Kind.MOVE_TO)
        is_there = Q(subscription__subscriber__email__iendswith=f"@{domain}")
        asking = asking.exclude(moves_there | (is_there & ~Q(kind=Kind.MOVE_TO)))
    return asking


@transaction.atomic
def ask_anew_who_waited() -> None:
    """Make due again whom an import has to ask and nobody had room for in a day. Who asked by
    themselves has asked again or gone; these know nothing of it."""
    now = timezone.now()
    late = mailable().filter(
        can_wait=True,
        sent_at=None,
        due_at__lte=now - STALE_AFTER,
        subscription__state=State.PENDING,
    )
    pending = Subscription.objects.filter(notices__in=late)
    pending.update(confirmation_requested_at=now)
    late.update(due_at=now)


def claim(notice: Notice) -> bool:
    """Take it; False if another worker has it, or the reader has moved on.

    `sent_at` is asked of the row itself: within a subquery, which the joins make of the rest,
    PostgreSQL does not ask again after it has waited for the other worker.
    """
    due = due_notices().filter(pk=notice.pk).values("pk")
    row = Notice.objects.filter(pk__in=due, sent_at=None)
    return row.update(sent_at=timezone.now()) == 1


def release(notice: Notice, **change: object) -> None:
    Notice.objects.filter(pk=notice.pk).update(sent_at=None, **change)


def send_claimed(notice: Notice) -> bool:
    result = send(letter(notice), get_connection())
    if result.outcome is Outcome.ACCEPTED:
        return True
    if result.outcome is Outcome.NOT_SENT:
        release(notice, can_wait=False)  # it had room: it is tried for a day, as any other
    logger.warning("notice=%s %s %s: %s", notice.pk, notice.kind, result.outcome.value, result.code)
    return False
