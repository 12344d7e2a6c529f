"""Every absolute address that a mail carries, and the tokens that make some of them personal.

A token is a row's id, mostly a subscription's, and 128 bits of an HMAC over its purpose: at most
40 characters, so that no mail system folds or encodes the List-Unsubscribe header; without a time
in it, so that the same mail has the same bytes at every attempt; valid under SECRET_KEY and all of
SECRET_KEY_FALLBACKS, so that a link in an old mail works for as long as its key is kept.
"""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import override

from newsletter.mac import mac, secrets
from newsletter.models import AddressChange, Agreement, Edition, Newsletter, Notice, Subscription
from papers.models import Paper

Purpose = Literal["unsubscribe", "confirm", "access"]

MAC_BYTES = 16
ACCESS_LASTS = timedelta(hours=1)
MOVE_HOURS = 72
MOVE_LASTS = timedelta(hours=MOVE_HOURS)


class BadLink(ValueError):
    """A token that we did not make, or that no longer says what it said."""


def unsubscribe_url(subscription_id: int) -> str:
    """Leaves one newsletter; works for ever. Costs a few microseconds: every mail asks for it."""
    return absolute(f"/u/{unsubscribe_token(subscription_id)}/")  # of newsletter/reader_urls.py


def choices_url(subscription_id: int) -> str:
    """A reader's settings; works for ever, too."""
    return f"{unsubscribe_url(subscription_id)}choices/"


def confirm_url(subscription: Subscription) -> str:
    """Confirms the newest request, for 72 hours; a later request, or leaving, makes it void."""
    return absolute(reverse("confirm", args=[token("confirm", subscription)]))


def access_url(subscription: Subscription) -> str:
    """Shows a reader all that is known of them, and may erase it; for an hour, the newest one."""
    return absolute(reverse("access", args=[token("access", subscription)]))


def move_url(change: AddressChange, side: Agreement.Side) -> str:
    """Says yes to a change of address at one of its two, for 72 hours, until a newer is asked
    for."""
    return absolute(reverse("move", args=[move_token(change, side)]))


def edition_url(edition: Edition, language: str) -> str:
    with override(language):
        return absolute(edition_path(edition))


def paper_url(paper: Paper, language: str) -> str:
    with override(language):
        return absolute(reverse("paper", args=[paper.canonical_id]))


def desk_path(edition_id: int | str) -> str:
    """Where its editors work on it."""
    return reverse("admin:newsletter_edition_change", args=[edition_id])


def summary_path(summary_id: int, edition_id: int) -> str:
    """Why it is flagged, and its form; with the way back to the desk."""
    form = reverse("admin:papers_summary_change", args=[summary_id])
    return f"{form}?{urlencode({'back': desk_path(edition_id)})}"


def desk_url(edition: Edition, language: str) -> str:
    with override(language):
        return absolute(desk_path(edition.pk))


def subscribe_again_path(subscription: Subscription) -> str:
    """Asks for a new confirmation; opened by whoever has just left with the same token."""
    return reverse("subscribe_again", args=[token("unsubscribe", subscription)])


def home_url(language: str) -> str:
    with override(language):
        return absolute(reverse("front"))


def editions_url(language: str) -> str:
    with override(language):
        return absolute(reverse("editions"))


def edition_path(edition: Edition) -> str:
    """The page of an edition in the active language; the default newsletter has the short form."""
    if edition.newsletter.slug == Newsletter.DEFAULT_SLUG:
        return reverse("edition", args=[edition.date])
    return reverse("edition", args=[edition.newsletter.slug, edition.date])


def subscription_of(purpose: Purpose, text: str) -> Subscription:
    """The subscription a token was made for, or that it became one with; with its newsletter and
    reader. Raises BadLink. Whose it is is looked up for a token of ours alone: time does not tell
    which numbers are readers'."""
    row_id = id_in(text)
    if is_ours(text, row_id, said(purpose, row_id)):
        rows = Subscription.objects.select_related(
            *("newsletter", "subscriber", "merged_into__newsletter", "merged_into__subscriber")
        )
        if subscription := rows.filter(pk=row_id).first():
            return subscription.merged_into or subscription
    raise BadLink("no such link")


def change_of(text: str) -> tuple[AddressChange, Agreement.Side]:
    """The change of address that a token was made for, and at which side. Raises BadLink."""
    rows = AddressChange.objects.select_related("subscription__newsletter")
    if change := rows.filter(pk=id_in(text)).first():
        for side in Agreement.Side:
            if is_ours(text, change.pk, said_of_move(change, side)):
                return change, side
    raise BadLink("no such link")


def id_in(text: str) -> int:
    """Of the row that a token names. Raises BadLink."""
    try:
        return base36_to_int(text.partition("-")[0])
    except ValueError as bad:
        raise BadLink("no such link") from bad


def is_ours(text: str, row_id: int, says: str) -> bool:
    """Whether a token was made by us, under any of our keys, and says this."""
    return any(constant_time_compare(text, signed(row_id, says, secret)) for secret in secrets())


def token(purpose: Purpose, subscription: Subscription) -> str:
    return signed(subscription.pk, said(purpose, subscription.pk))


def said(purpose: Purpose, subscription_id: int) -> str:
    """What a token is made of. Raises BadLink where there can be none."""
    if purpose == "unsubscribe":
        return said_of_leaving(subscription_id)
    newest = requested_at if purpose == "confirm" else access_mailed_at
    return f"{purpose}:{subscription_id}:{newest(subscription_id)}"


def requested_at(subscription_id: int) -> datetime | None:
    rows = Subscription.objects.filter(pk=subscription_id)
    return rows.values_list("confirmation_requested_at", flat=True).first()


def access_mailed_at(subscription_id: int) -> datetime:
    """Raises BadLink where no link was asked for in the last hour."""
    asked = Notice.objects.filter(
        subscription=subscription_id,
        kind=Notice.Kind.ACCESS,
        due_at__gt=timezone.now() - ACCESS_LASTS,
    )
    if newest := asked.order_by("-due_at").values_list("due_at", flat=True).first():
        return newest
    raise BadLink("no such link")


def said_of_move(change: AddressChange, side: Agreement.Side) -> str:
    return f"move {side}:{change.pk}:{change.asked_at}"


def move_token(change: AddressChange, side: Agreement.Side) -> str:
    return signed(change.pk, said_of_move(change, side))


def said_of_leaving(subscription_id: int) -> str:
    return f"unsubscribe:{subscription_id}"


def unsubscribe_token(subscription_id: int) -> str:
    return signed(subscription_id, said_of_leaving(subscription_id))


def signed(row_id: int, says: str, secret: str = "") -> str:
    proof = mac("paperboy.links", says, secret)[:MAC_BYTES]
    return f"{int_to_base36(row_id)}-{urlsafe_b64encode(proof).decode().rstrip('=')}"


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
