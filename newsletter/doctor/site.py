"""The site: whether readers can follow the links in a mail, and whether its keys are its own."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsletter.doctor.finding import Ailment, Finding, Level, Question, check
from newsletter.doctor.names import is_special_use
from newsletter.providers import way_out

AREA = "newsletter.Channel"
SECONDS = 1.5  # for each step of the answer
SHORTEST_KEY = 32  # characters
SHORTEST_SECRET = 12
FROM_THE_DOCUMENTS = ("fifty-random-characters", "letters-and-digits", "password", "paperboy")

LINKS_ARE_DEAD = _("Links in mails lead nowhere: readers can neither confirm nor leave.")

LOCALHOST = Ailment(
    "site-localhost",
    Level.STOP,
    _("SITE_URL says %(url)s, which only this machine can open."),
    LINKS_ARE_DEAD,
    _("Write into SITE_URL where readers find the site."),
)
NOT_HTTPS = Ailment(
    "site-not-https",
    Level.WARNING,
    _("SITE_URL says %(url)s, without encryption."),
    _("Mail programs show no button to unsubscribe (RFC 8058), and large receivers ask for one."),
    _("Give the site a certificate, and write https:// into SITE_URL."),
)
BAD_CERTIFICATE = Ailment(
    "site-certificate",
    Level.STOP,
    _("The certificate of %(url)s is not accepted."),
    LINKS_ARE_DEAD,
    _("Renew it at the proxy that ends TLS; its name has to be that of the site."),
)
UNREACHABLE = Ailment(
    "site-unreachable",
    Level.WARNING,
    _("%(url)s does not answer from here."),
    _("If it does not from elsewhere either, links in mails lead nowhere."),
    _("Open it in a browser. Start the web server, or look at the proxy."),
)
SOMETHING_ELSE = Ailment(
    "site-something-else",
    Level.WARNING,
    _("At %(url)s something else answers (%(status)s)."),
    LINKS_ARE_DEAD,
    _("Let the proxy lead to Paperboy, also below /healthz."),
)
DEBUGGING = Ailment(
    "debug",
    Level.WARNING,
    _("DEBUG is on, and mail leaves this machine."),
    _("Nothing; but pages of errors show strangers how it is made."),
    _("Turn DEBUG off where readers can reach the site."),
)
WEAK_KEY = Ailment(
    "weak-key",
    Level.STOP,
    _("SECRET_KEY is short, or is one that others know."),
    _("Anybody could make links that confirm, unsubscribe, or sign in at the desk."),
    _(
        "Write fifty random characters into it, and the old one into ADDRESS_PEPPER, so that "
        "whoever has left is still known."
    ),
)
WEAK_SECRET = Ailment(
    "weak-secret",
    Level.WARNING,
    _("A password of WEBHOOK_SECRET is short, or is one that others know."),
    _("Anybody could tell us of bounces that were none."),
    _("Write a random one, and tell it to the provider; both may stand there meanwhile."),
)
WEAK_PASSWORD = Ailment(
    "weak-database-password",
    Level.WARNING,
    _("The database’s password is one that others know."),
    _("Nothing, while nobody else reaches it."),
    _("Change it in the database and in POSTGRES_PASSWORD, or in DATABASE_URL."),
)


@check(AREA, _("Readers can reach the site."))
def site() -> Iterator[Finding | Question]:
    """By SITE_URL, over HTTPS, and it is ours that answers."""
    url = settings.SITE_URL
    if is_of_this_machine(settings.SITE_HOST):
        if not settings.DEBUG:
            yield LOCALHOST.found(url=url)
        return
    if urlsplit(url).scheme != "https":
        yield NOT_HTTPS.found(url=url)
    if is_special_use(settings.SITE_HOST):
        yield UNREACHABLE.found(url=url)
    else:
        yield Question(url, lambda: answer_of(url))


def is_of_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def answer_of(url: str) -> Iterator[Finding]:
    """Redirects are not followed: links in mails name this very place."""
    try:
        answer = httpx.get(f"{url}/healthz", timeout=SECONDS)
    except httpx.HTTPError as error:
        bad = isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper()
        yield (BAD_CERTIFICATE if bad else UNREACHABLE).found(url=url)
    else:
        if answer.status_code != httpx.codes.OK or b'"ok"' not in answer.content:
            yield SOMETHING_ELSE.found(url=url, status=f"HTTP {answer.status_code}")


@check(AREA, _("Errors are not shown to strangers."))
def debug() -> Iterator[Finding]:
    """DEBUG is off where mail leaves."""
    leaves = any(way_out(url).scheme != "maildir" for url in settings.CHANNELS.values())
    if settings.DEBUG and leaves:
        yield DEBUGGING.found()


@check(AREA, _("Keys and passwords are nobody else’s."))
def secrets() -> Iterator[Finding]:
    """Long enough, and none that stands in the documents."""
    if is_weak(settings.SECRET_KEY, SHORTEST_KEY):
        yield WEAK_KEY.found()
    given = [secret.partition(":")[2] for secret in settings.WEBHOOK_SECRET]
    if any(is_weak(secret, SHORTEST_SECRET) for secret in given):
        yield WEAK_SECRET.found()
    if settings.DATABASES["default"].get("PASSWORD") in FROM_THE_DOCUMENTS:
        yield WEAK_PASSWORD.found()


def is_weak(secret: str, shortest: int) -> bool:
    few = len(set(secret)) < 5
    return len(secret) < shortest or few or secret.lower() in FROM_THE_DOCUMENTS
