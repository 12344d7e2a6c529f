"""Providers' calls of our webhook: who may call, what is kept of a call, and how it is read later.

Anymail knows each provider's signature and form. Two gaps it leaves are closed here: Amazon's
signature is checked, and since Mailgun signs no body, its webhook needs the shared secret as well,
and each of its tokens counts once (the event's id is the token).
"""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.handlers.wsgi import WSGIRequest
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.module_loading import import_string

from newsletter import clock
from newsletter.models import Callback
from newsletter.track import alarm, sns, svix
from newsletter.track.events import KEPT, record
from newsletter.track.said import MALFORMED, Said, said_by_provider
from newsletter.track.sns import Forged

logger = logging.getLogger(__name__)

VIEWS = {
    "brevo": "anymail.webhooks.brevo.BrevoTrackingWebhookView",
    "mailgun": "anymail.webhooks.mailgun.MailgunTrackingWebhookView",
    "mailjet": "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
    "mailtrap": "anymail.webhooks.mailtrap.MailtrapTrackingWebhookView",
    "postmark": "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
    "resend": "anymail.webhooks.resend.ResendTrackingWebhookView",
    "sendgrid": "anymail.webhooks.sendgrid.SendGridTrackingWebhookView",
    "ses": "anymail.webhooks.amazon_ses.AmazonSESTrackingWebhookView",
    "sparkpost": "anymail.webhooks.sparkpost.SparkPostTrackingWebhookView",
}
# Anymail's names for the keys that providers sign with. Resend's signature is looked at here:
# Anymail has svix do it, and that needs pydantic.
SIGNERS = {
    "mailgun": "webhook_signing_key",
    "mailtrap": "tracking_secret",
    "sendgrid": "tracking_webhook_verification_key",
}
SIGNS_THE_BODY = {"mailtrap", "resend", "sendgrid"}
NEEDS_ITS_KEY = {"mailgun"}
KEPT_HEADERS = (
    "Content-Type",
    "Svix-Id",
    "X-Amz-Sns-Message-Type",
    "X-Amz-Sns-Message-Id",
)
AT_ONCE = 200  # calls read in a transaction, if they are short
SECONDS = 60  # of a turn
LOOK_EVERY = 5  # seconds; it counts all that was told of each edition on its way
LONGEST_BODY = 1_000_000  # octets; also of what is read in a transaction

UNREADABLE: tuple[type[Exception], ...] = (DataError, IntegrityError, *MALFORMED)
NOT_NOW = (OperationalError, ObjectDoesNotExist)  # a deadlock, a reader who was just forgotten
LONGEST_WAIT = timedelta(days=2)


class Closed(Exception):
    """Nobody could tell a provider's call from a stranger's; the message says what to set."""


def door(provider: str) -> AnymailBaseWebhookView:
    """What tells a provider's calls from others and reads them. Raises Closed."""
    key = settings.WEBHOOK_KEYS.get(provider)
    if provider in NEEDS_ITS_KEY and not key:
        raise Closed(f"set WEBHOOK_KEY_{provider.upper()}, with which {provider} signs")
    if provider == "ses" and find_spec("cryptography") is None:
        raise Closed("Amazon's signatures need cryptography; pip install cryptography")
    is_signed = bool(key) and provider in SIGNS_THE_BODY
    if not settings.WEBHOOK_SECRET and not is_signed:
        raise Closed("set WEBHOOK_SECRET, and give it to the provider in the webhook's address")
    secrets = () if is_signed else tuple(settings.WEBHOOK_SECRET)
    return view(provider, key if provider in SIGNERS else "", secrets)


@lru_cache(maxsize=32)
def view(provider: str, key: str, secrets: tuple[str, ...]) -> AnymailBaseWebhookView:
    """Anymail's. It keeps nothing of a call, so that one serves them all."""
    options = {SIGNERS[provider]: key} if key else {}
    with warnings.catch_warnings():  # what Anymail warns of is looked at here
        warnings.filterwarnings("ignore", module=r"anymail\.webhooks")
        made: AnymailBaseWebhookView = import_string(VIEWS[provider])(
            webhook_secret=list(secrets), **options
        )
    return made


def is_from(provider: str, request: HttpRequest) -> bool:
    """Whether a call is the provider's, by the shared secret and its signature. Raises Closed, and
    one of MALFORMED."""
    door_view = door(provider)
    request.body  # noqa: B018  # read before a form is, or nobody could keep it
    try:
        door_view.run_validators(request)
    except AnymailWebhookValidationFailure:
        return False
    key = settings.WEBHOOK_KEYS.get("resend") if provider == "resend" else ""
    return not key or svix.is_signed(request, key, clock.now())


def keep(provider: str, request: HttpRequest) -> bool:
    """Write an authenticated call down, to be read later; whether nobody is at the reading, as far
    as one can tell."""
    is_first = not Callback.objects.filter(problem="").exists()
    Callback.objects.create(
        provider=provider,
        headers={name: request.headers[name] for name in KEPT_HEADERS if name in request.headers},
        body=request.body,
        received_at=clock.now(),
    )
    return is_first


def read_waiting() -> int:
    """Read what waits, oldest first, for a minute at most; how many events were new. May be
    repeated, and by several at once: each call counts once. A call that cannot be read stays, with
    its problem, and stops no other."""
    begun, looked_at, new, after = time.monotonic(), time.monotonic(), 0, 0
    away: set[str] = set()
    while time.monotonic() < begun + SECONDS and (keys := waiting(after)):
        try:
            new += read_together(keys, away)
        except NOT_NOW as error:
            logger.warning("callbacks: %s; the next turn goes on", type(error).__name__)
            break
        after = keys[-1]
        if time.monotonic() > looked_at + LOOK_EVERY:
            alarm.look()
            looked_at = time.monotonic()
    if new:
        alarm.look()
    return new


def waiting(after: int) -> list[int]:
    """Some calls behind one, by what they have to say: one at least."""
    calls = Callback.objects.filter(problem="", pk__gt=after).order_by("pk")
    sized = calls.annotate(octets=Length("body")).values_list("pk", "octets")[:AT_ONCE]
    keys: list[int] = []
    total = 0
    for key, octets in sized:
        total += octets
        if keys and total > LONGEST_BODY:
            break
        keys.append(key)
    return keys


def read_together(keys: Sequence[int], away: set[str]) -> int:
    """In one transaction; in one each, where the database refuses something."""
    try:
        return read_some(keys, away)
    except UNREADABLE as error:
        logger.warning("callbacks: %s; they are read one by one", type(error).__name__)
    return sum(read_alone(key, away) for key in keys)


def read_some(keys: Sequence[int], away: set[str]) -> int:
    """How many new events were in these calls, but for those that somebody else is reading. Of a
    provider in `away` none can be read for now. Amazon is asked before anything is locked."""
    calls = Callback.objects.filter(pk__in=keys, problem="").order_by("pk")
    said = {call.pk: told for call in calls if (told := read(call, away)) is not None}
    with transaction.atomic():
        left = Callback.objects.filter(pk__in=said).select_for_update(skip_locked=True)
        mine = sorted(left.values_list("pk", flat=True))
        count = record([each for key in mine for each in said[key]])
        Callback.objects.filter(pk__in=mine).delete()
    return count


def read(call: Callback, away: set[str]) -> Sequence[Said] | None:
    """None for what cannot be read, or not now."""
    if call.provider in away:
        return None
    try:
        return events_of(call)
    except (ConnectionError, Closed) as error:
        away.add(call.provider)
        let_wait(call, error)
    except MALFORMED as error:
        put_aside(call, error)
    return None


def let_wait(call: Callback, error: Exception) -> None:
    """For the next turn, but not for ever."""
    logger.warning("callback=%s %s waits: %s", call.pk, call.provider, error)
    if call.received_at < clock.now() - LONGEST_WAIT:
        Callback.objects.filter(pk=call.pk).update(problem=f"waited too long: {error}"[:300])


def read_alone(key: int, away: set[str]) -> int:
    """What the database refuses of a call is its problem alone."""
    try:
        return read_some([key], away)
    except UNREADABLE as error:
        for call in Callback.objects.filter(pk=key):
            put_aside(call, error)
        return 0


def put_aside(call: Callback, error: Exception) -> None:
    """Its words may be a stranger's, and hold addresses; what kind it is says enough."""
    kind = f"cannot be read: {type(error).__name__}"
    problem = str(error) if isinstance(error, Forged) else kind
    Callback.objects.filter(pk=call.pk).update(problem=problem[:300])
    logger.warning("callback=%s %s %s", call.pk, call.provider, problem)


def events_of(call: Callback) -> Sequence[Said]:
    """Raises one of MALFORMED, and ConnectionError where it cannot be told now."""
    if call.provider == "ses" and not sns.is_notification(bytes(call.body)):
        return []
    request = as_request(call)
    if call.provider == "mailgun" and not is_fresh(request, call):
        raise Forged("its signature is older than its token is remembered")
    events = door(call.provider).parse_events(request)
    return list(said_by_provider(events, call.provider, call.received_at))


def is_fresh(request: HttpRequest, call: Callback) -> bool:
    """Mailgun signs a moment and a token alone: an old pair could be put before any words."""
    if request.content_type == "application/json":
        signed_at = json.loads(request.body)["signature"]["timestamp"]
    else:
        signed_at = request.POST["timestamp"]
    return float(signed_at) > (call.received_at - KEPT / 2).timestamp()


def as_request(call: Callback) -> HttpRequest:
    """The call as Anymail wants it, made from what was kept."""
    body = bytes(call.body)
    fields = {f"HTTP_{name.upper().replace('-', '_')}": told for name, told in call.headers.items()}
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": call.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            **fields,
        }
    )
