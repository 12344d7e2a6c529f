"""The small mails, a function each. Nothing here goes to a suppressed address."""

import logging
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage, get_connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from newsletter.links import confirm_url
from newsletter.message import small_mail
from newsletter.message.fields import sender_address
from newsletter.models import Channel, Edition, Newsletter, Subscription
from newsletter.models.subscribers import SubscriptionQuerySet
from newsletter.outcome import Outcome, Result, send
from newsletter.render import render_mail, what_readers_get

logger = logging.getLogger(__name__)

STALE_AFTER = timedelta(hours=24)  # whoever waited that long has asked again or gone


def send_awaiting_confirmations() -> int:
    """Mail the confirmation links that were asked for and have not left; how many did.

    Each is claimed before it is sent, so that of two workers one sends it. What surely did not
    leave is tried again for a day. What may have left, or was lost with a worker that died, is not:
    the reader can ask again.
    """
    sent = sum(send_claimed(each) for each in due_confirmations() if claim(each))
    if sent:
        logger.info("sent confirmations=%s", sent)
    return sent


def send_proof(edition: Edition, language: str, address: str) -> Result:
    """Mail an edition in one language, as readers get it, to whoever checks it.

    Its subject says that it is a proof; its links unsubscribe nobody. May be repeated.
    """
    mail = what_readers_get(edition, language)
    with override(language):
        subject = gettext("Proof: %(subject)s") % {"subject": mail.subject}
    proof = replace(mail, subject=subject)
    message = small_mail(proof, edition.newsletter, to=address, dated=timezone.now())
    return send(message, get_connection())


def probe(channel: Channel) -> EmailMessage:
    """The mail that asks whether a channel whose breaker is open works again.

    It goes to the sender of the newsletter that left mails in doubt by it. Raises ValueError when
    that cannot be written.
    """
    newsletter = channel.breaker_newsletter or Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    language = newsletter.languages[0]
    stopped_at = channel.breaker_opened_at or timezone.now()
    with override(language):
        local = stopped_at.astimezone(ZoneInfo(newsletter.time_zone))
        stopped = date_format(local, gettext("j F, H:i"))
    context = {"channel": channel, "newsletter": newsletter, "stopped": stopped}
    mail = render_mail("probe", context, language)
    return small_mail(mail, newsletter, to=sender_address(newsletter), dated=timezone.now())


def due_confirmations() -> SubscriptionQuerySet:
    return (
        Subscription.objects.awaiting_confirmation_mail()
        .unsuppressed()
        .filter(
            state=Subscription.State.PENDING,
            confirmation_requested_at__gt=timezone.now() - STALE_AFTER,
        )
        .select_related("subscriber", "newsletter")
    )


def claim(subscription: Subscription) -> bool:
    """Take this mail; False if another worker has it, or the reader has moved on."""
    mine = due_confirmations().filter(
        pk=subscription.pk,
        confirmation_requested_at=subscription.confirmation_requested_at,
    )
    return mine.update(confirmation_sent_at=timezone.now()) == 1


def send_claimed(subscription: Subscription) -> bool:
    result = send(confirmation(subscription), get_connection())
    if result.outcome is Outcome.ACCEPTED:
        return True
    if result.outcome is Outcome.NOT_SENT:
        give_back(subscription)
    logger.warning(
        "confirmation subscription=%s %s: %s", subscription.pk, result.outcome.value, result.code
    )
    return False


def confirmation(subscription: Subscription) -> EmailMessage:
    """The mail with the link that confirms the newest request."""
    newsletter = subscription.newsletter
    context = {"confirm_url": confirm_url(subscription), "newsletter": newsletter}
    mail = render_mail("confirm", context, newsletter.language_for(subscription.language))
    requested_at = subscription.confirmation_requested_at or timezone.now()
    return small_mail(mail, newsletter, to=subscription.subscriber.email, dated=requested_at)


def give_back(subscription: Subscription) -> None:
    Subscription.objects.filter(pk=subscription.pk).update(confirmation_sent_at=None)
