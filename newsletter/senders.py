"""Whether a newsletter may be sent from an address: at a domain of its own, which vouches for it.

Mailbox providers publish that mail under their names comes from their servers alone (DMARC, RFC
7489), so that a newsletter from one of them is refused or ends in spam everywhere. Names that are
reserved have no mail at all (RFC 2606, 6761).
"""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from newsletter.address import domain_of

LENT = frozenset(
    {
        *("gmail.com", "googlemail.com", "naver.com", "hanmail.net", "daum.net", "kakao.com"),
        *("nate.com", "yahoo.com", "yahoo.co.jp", "yahoo.co.uk", "ymail.com", "aol.com"),
        *("outlook.com", "outlook.kr", "hotmail.com", "live.com", "msn.com", "icloud.com"),
        *("me.com", "mac.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.ru", "yandex.com"),
        *("yandex.ru", "qq.com", "163.com", "126.com", "proton.me", "protonmail.com", "zoho.com"),
    }
)
RESERVED = (".invalid", ".localhost", ".local", ".test", ".onion", ".internal")


def vouched_for(address: str) -> None:
    """Raises ValidationError, with what to write instead."""
    domain = domain_of(address)
    if domain in LENT:
        raise ValidationError(
            _(
                "%(domain)s lets nobody else send mail in its name, so it would be refused. Write "
                "an address at a domain of your own; answers may well go to this one."
            )
            % {"domain": domain}
        )
    if f".{domain}".endswith(RESERVED) or "." not in domain:
        raise ValidationError(_("No mail can come from %(domain)s.") % {"domain": domain})


def needs_records(address: str) -> str:
    """The domain that has to say so itself before mail from it arrives well; blank for that of the
    site, which the operator has set up."""
    domain = domain_of(address)
    return "" if domain == domain_of(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]) else domain
