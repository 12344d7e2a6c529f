"""Header fields that a provider sets itself: naming them in a call is refused, or in vain."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.mail import EmailMessage

DATE, DATE_AND_NAME = {"date"}, {"date", "message-id"}
# By Anymail's name of the provider. Mailjet answers 400 (github.com/symfony/symfony/issues/44000);
# Mailgun keeps a Message-ID, but not one for each reader of a batch. Amazon gets the whole message.
NOT_TAKEN: Mapping[str, set[str]] = {
    "Brevo": DATE_AND_NAME,
    "Mailgun": DATE_AND_NAME,
    "Mailjet": DATE_AND_NAME | {"list-id"},
    "Mailtrap": DATE_AND_NAME,
    "Postmark": DATE,
    "Resend": DATE_AND_NAME,
    "SendGrid": DATE,
    "SparkPost": DATE_AND_NAME,
}


def taken(headers: Mapping[str, str], provider: str) -> dict[str, str]:
    """Those that a call to the provider may name."""
    left_out = NOT_TAKEN.get(provider, set())
    return {name: value for name, value in headers.items() if name.lower() not in left_out}


def leave_out(sender: object, message: EmailMessage, esp_name: str, **kwargs: object) -> None:
    """Receive Anymail's `pre_send`: every mail of ours goes through it, the small ones, too."""
    message.extra_headers = taken(message.extra_headers, esp_name)
