"""The letters to single readers: what each notice says, a function for a kind. `newsletter.notify`
sends them."""

from __future__ import annotations

from django.core.mail import EmailMessage

from newsletter.links import MOVE_HOURS, access_url, choices_url, confirm_url, move_url
from newsletter.message import notice_mail, reader_mail
from newsletter.models import Agreement, Notice, Subscription
from newsletter.morning import next_at
from newsletter.render import render_mail, render_welcome

Kind = Notice.Kind
State = Subscription.State


def letter(notice: Notice) -> EmailMessage:
    """As it would leave now."""
    return LETTERS[Kind(notice.kind)](notice)


def confirmation(notice: Notice) -> EmailMessage:
    """The mail with the link that confirms the newest request; also the one that asks once more."""
    subscription = reader_of(notice)
    newsletter = subscription.newsletter
    context = {
        "confirm_url": confirm_url(subscription),
        "newsletter": newsletter,
        "is_reminder": notice.kind == Kind.REMIND,
    }
    mail = render_mail("confirm", context, newsletter.language_for(subscription.language))
    return notice_mail(mail, newsletter, notice, to=address_of(notice))


def welcome(notice: Notice) -> EmailMessage:
    """The newest edition, under a greeting that says when the next one comes."""
    subscription = reader_of(notice)
    newsletter = subscription.newsletter
    language = newsletter.language_for(subscription.language)
    first_at = next_at(subscription, notice.due_at)
    return reader_mail(render_welcome(newsletter, language, first_at), subscription, notice)


def access(notice: Notice) -> EmailMessage:
    """The mail with the link to all that is known of the reader."""
    subscription = reader_of(notice)
    newsletter = subscription.newsletter
    context = {"access_url": access_url(subscription), "newsletter": newsletter}
    mail = render_mail("access", context, newsletter.language_for(subscription.language))
    return notice_mail(mail, newsletter, notice, to=address_of(notice))


def settings_links(notice: Notice) -> EmailMessage:
    """The mail with the links to the settings of each newsletter that is read at an address."""
    subscription = reader_of(notice)
    newsletter = subscription.newsletter
    read = subscription.subscriber.subscriptions.filter(state=State.CONFIRMED)
    settings = [
        {"name": each.newsletter.name, "url": choices_url(each.pk)}
        for each in read.select_related("newsletter").order_by("pk")
    ]
    context = {"settings": settings, "newsletter": newsletter}
    mail = render_mail("links", context, newsletter.language_for(subscription.language))
    return notice_mail(mail, newsletter, notice, to=address_of(notice))


def change_of_address(notice: Notice) -> EmailMessage:
    """The mail that asks the old address, or the new one, for a yes. The new one is not told the
    old one: whoever has it may be a stranger."""
    subscription = reader_of(notice)
    newsletter, change = subscription.newsletter, subscription.subscriber.address_change
    is_old = notice.kind == Kind.MOVE_FROM
    context = {
        "move_url": move_url(change, Agreement.Side.OLD if is_old else Agreement.Side.NEW),
        "newsletter": newsletter,
        "new_address": change.email if is_old else "",
        "hours": MOVE_HOURS,
    }
    language = newsletter.language_for(subscription.language)
    mail = render_mail("move_from" if is_old else "move_to", context, language)
    return notice_mail(mail, newsletter, notice, to=address_of(notice))


def address_of(notice: Notice) -> str:
    subscriber = reader_of(notice).subscriber
    return subscriber.address_change.email if notice.kind == Kind.MOVE_TO else subscriber.email


def reader_of(notice: Notice) -> Subscription:
    assert notice.subscription  # as due_notices asks for
    return notice.subscription


LETTERS = {
    Kind.CONFIRM: confirmation,
    Kind.REMIND: confirmation,
    Kind.WELCOME: welcome,
    Kind.ACCESS: access,
    Kind.LINKS: settings_links,
    Kind.MOVE_FROM: change_of_address,
    Kind.MOVE_TO: change_of_address,
}
