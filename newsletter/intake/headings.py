"""What a file calls its columns, here and elsewhere, and what it says of a reader's state."""

from __future__ import annotations

import re

from newsletter.models import Subscription

State = Subscription.State
SUPPRESSED = "suppressed"  # a state that only files know: the address must not be mailed

COLUMNS = (
    *("email", "newsletter", "language", "state", "rhythm", "weekdays", "hour", "time_zone"),
    *("paused_until", "papers_at_most", "topics_first", "topics_left_out"),
    *("confirmed_at", "left_at", "consents"),
)

# Spreadsheets made by hand, and the exports of Mailchimp, Ghost, listmonk and Buttondown.
ELSEWHERE = {
    "e_mail": "email",
    "email_address": "email",
    "e_mail_address": "email",
    "subscriber_email": "email",
    "이메일": "email",
    "이메일_주소": "email",
    "lang": "language",
    "locale": "language",
    "status": "state",
    "subscription_status": "state",
    "subscribed_to_emails": "state",
    "type": "state",
    "confirm_time": "confirmed_at",
    "unsub_time": "left_at",
    "unsubscribed_at": "left_at",
    "clean_time": "left_at",
}

STATES = {
    State.CONFIRMED: "confirmed subscribed enabled active regular premium true yes 1",
    State.PENDING: "pending unconfirmed unactivated",
    State.UNSUBSCRIBED: "unsubscribed left disabled inactive removed false no 0",
    SUPPRESSED: "suppressed blocklisted blocked cleaned bounced complained undeliverable spammy",
}
STATE_BY_WORD = {word: state for state, words in STATES.items() for word in words.split()}


def columns(heading: list[str]) -> list[str]:
    """Our names for a file's columns, blank for those that we take nothing from."""
    names = [re.sub(r"[\s_-]+", "_", name.strip().lower()) for name in heading]
    return [name if name in COLUMNS else ELSEWHERE.get(name, "") for name in names]
