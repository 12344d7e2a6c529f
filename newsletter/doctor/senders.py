"""Who writes to the readers: whether their domain lets our mail be told from a forgery.

What Gmail, Yahoo, Microsoft and Naver ask of senders of many mails: SPF, DKIM and DMARC, aligned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsletter.doctor import dkim, dmarc, names, spf
from newsletter.doctor.finding import Ailment, Finding, Level, Question, check
from newsletter.message.fields import domain, sender_address
from newsletter.models import Newsletter, Suppression
from newsletter.models.subscribers import address_key
from newsletter.providers import SMTP_PORTS, way_out
from newsletter.typos import WELL_KNOWN

AREA = "newsletter.Newsletter"

NOBODYS = Ailment(
    "sender-nobodys",
    Level.STOP,
    _("Mail is sent from %(domain)s, which is nobody’s domain."),
    _("Receivers refuse it, and nobody can answer."),
    _("Write an address of a domain of yours into DEFAULT_FROM_EMAIL, or into the newsletter."),
)
FREE_MAIL = Ailment(
    "sender-free-mail",
    Level.STOP,
    _("Mail is sent from %(domain)s, which only lets its own servers send."),
    _("Receivers refuse it, or put it into spam."),
    _("Take a domain of yours; answers may go to %(domain)s all the same (“answers go to”)."),
)
NOT_THERE = Ailment(
    "sender-not-there",
    Level.STOP,
    _("Mail is sent from %(domain)s, which DNS does not know."),
    _("Receivers refuse it."),
    _("Register the domain, or mend DEFAULT_FROM_EMAIL or the newsletter’s address."),
)
TAKES_NO_MAIL = Ailment(
    "sender-takes-no-mail",
    Level.WARNING,
    _("%(domain)s takes no mail: it has no MX record."),
    _("Answers and bounces go nowhere, and some receivers refuse such senders."),
    _("Give the domain an MX record."),
)
SUPPRESSED = Ailment(
    "sender-suppressed",
    Level.WARNING,
    _("The sender of %(newsletter)s is itself an address that is not mailed."),
    _("Answers of readers may go nowhere; a mailbox there bounced or complained."),
    _("See that it can be mailed, then lift it at the desk, under Suppressions."),
)


@check(AREA, _("The sender’s domain vouches for our mail."))
def senders() -> Iterator[Finding | Question]:
    """Each domain that mail is sent from, as far as DNS can tell. Nothing where mail stays here."""
    schemes = {way_out(url).scheme for url in settings.CHANNELS.values()} - {"maildir"}
    if not schemes:
        return
    in_print = Newsletter.objects.filter(is_active=True)
    for place in sorted({domain(newsletter).lower() for newsletter in in_print}):
        if names.is_special_use(place):
            yield NOBODYS.found(domain=place)
        elif place in WELL_KNOWN:
            yield FREE_MAIL.found(domain=place)
        else:
            yield from questions(place, schemes)


def questions(place: str, schemes: Iterable[str]) -> Iterator[Question]:
    """Beside each other: none waits for another's answer."""
    others = sorted({signer.lower() for signer in signers(schemes)})
    yield Question(place, partial(domain_of, place))
    yield Question(f"SPF {place}", partial(spf.findings, place))
    yield Question(f"DKIM {place}", partial(dkim.findings, place, schemes))
    yield Question(f"DMARC {place}", partial(dmarc.findings, place, others))


def domain_of(place: str) -> Iterator[Finding]:
    """Raises NotKnown."""
    if not names.is_there(place):
        yield NOT_THERE.found(domain=place)
    elif not names.takes_mail(place):
        yield TAKES_NO_MAIL.found(domain=place)


def signers(schemes: Iterable[str]) -> Iterator[str]:
    """The domains that stand in for the sender's: where bounces go, and whom Mailgun signs as."""
    if set(schemes) & set(SMTP_PORTS) and settings.BOUNCE_ADDRESS:
        yield settings.BOUNCE_ADDRESS.rpartition("@")[2]
    for url in settings.CHANNELS.values():
        if signer := way_out(url).options.get("sender_domain"):
            yield str(signer)


@check(AREA, _("The senders’ own addresses may be mailed."))
def own_addresses() -> Iterator[Finding]:
    """None of them is suppressed."""
    senders = {each: address_key(sender_address(each)) for each in Newsletter.objects.all()}
    held = Suppression.objects.holding().filter(address_key__in=senders.values())
    keys = set(held.values_list("address_key", flat=True))
    for newsletter, key in senders.items():
        if newsletter.is_active and key in keys:
            yield SUPPRESSED.found(newsletter=newsletter.name)
