"""The ways out, connected to: whether they let us in. Nothing is mailed."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsletter.doctor.accounts import Account, account_at
from newsletter.doctor.finding import Ailment, Finding, Level, Question, check
from newsletter.providers import SMTP_PORTS, way_out
from newsletter.smtp.opening import Opener
from newsletter.smtp.options import RelayOptions, Tls

SECONDS = 5

NOTHING_LEAVES_BY_IT = _("Nothing leaves by it.")

REFUSED = Ailment(
    "login-refused",
    Level.STOP,
    _("“%(channel)s” does not accept our key or password: %(said)s"),
    NOTHING_LEAVES_BY_IT,
    _("Look at the key in EMAIL_URL; special characters are percent-encoded."),
)
OUT_OF_REACH = Ailment(
    "out-of-reach",
    Level.STOP,
    _("“%(channel)s” cannot be reached: %(said)s"),
    NOTHING_LEAVES_BY_IT,
    _("Look at host and port in EMAIL_URL, and whether this machine may connect there."),
)
BAD_CERTIFICATE = Ailment(
    "relay-certificate",
    Level.STOP,
    _("The certificate of “%(channel)s” is not accepted: %(said)s"),
    NOTHING_LEAVES_BY_IT,
    _("Name the host as its certificate does, or whose certificates it may have: ?cafile="),
)
NO_UTF8 = Ailment(
    "relay-without-smtputf8",
    Level.WARNING,
    _("SMTPUTF8 is on, and the relay of “%(channel)s” does not have it."),
    _("Readers with more than ASCII before the @ cannot be mailed by it."),
    _("Turn SMTPUTF8 off, or take a relay that has it (RFC 6531)."),
)
ODD = Ailment(
    "account-odd",
    Level.WARNING,
    _("“%(channel)s” gave an answer that we do not know: %(said)s"),
    _("Whether mail leaves by it is not known."),
    _("Look at the provider’s own page of its state, and at the key."),
)
SANDBOX = Ailment(
    "account-sandbox",
    Level.STOP,
    _("The account of “%(channel)s” may not mail strangers yet: %(said)s"),
    _("Readers get nothing."),
    _("Ask the provider to let the account send to everybody."),
)
BY_ACCOUNT = {
    Account.REFUSED: REFUSED,
    Account.OUT_OF_REACH: OUT_OF_REACH,
    Account.SANDBOX: SANDBOX,
    Account.ODD: ODD,
}


@check("newsletter.Channel", _("Every channel lets us in."))
def connections() -> Iterator[Question]:
    """A relay is greeted, logged in to and asked for nothing (NOOP); of a provider something is
    asked that costs nothing and needs the key."""
    for name, url in settings.CHANNELS.items():
        scheme = way_out(url).scheme
        if scheme in SMTP_PORTS:
            yield Question(name, partial(relay, name, url))
        elif scheme != "maildir":
            yield Question(name, partial(provider, name, url))


def relay(channel: str, url: str) -> Iterator[Finding]:
    options = RelayOptions.from_url(url, connections=1)
    opener = Opener(options)
    try:
        with greeted(opener) as smtp:
            smtp.ehlo_or_helo_if_needed()
            if options.user:
                smtp.login(options.user, options.password)
            smtp.noop()
            if settings.SMTPUTF8 and not smtp.has_extn("smtputf8"):
                yield NO_UTF8.found(channel=channel)
    except smtplib.SMTPAuthenticationError as error:
        yield REFUSED.found(channel=channel, said=f"SMTP {error.smtp_code}")
    except ssl.SSLCertVerificationError as error:
        yield BAD_CERTIFICATE.found(channel=channel, said=error.verify_message)
    except (OSError, UnicodeError) as error:
        yield OUT_OF_REACH.found(channel=channel, said=said_by(error))


def greeted(opener: Opener) -> smtplib.SMTP:
    smtp = opener.connect()
    if opener.options.tls is Tls.STARTTLS:
        smtp.starttls(context=opener.context)
    return smtp


def said_by(error: Exception) -> str:
    """In a word, and never with what may hold a password."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    return getattr(error, "strerror", None) or type(error).__name__


def provider(channel: str, url: str) -> Iterator[Finding]:
    account, said = account_at(way_out(url))
    if ailment := BY_ACCOUNT.get(account):
        yield ailment.found(channel=channel, said=said)
