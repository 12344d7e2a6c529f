"""What every mail has to say: how to leave, and who writes."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

from django.utils.translation import gettext as _

from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material
from newsletter.render.entries import language_name
from newsletter.rendered import UNSUBSCRIBE_URL_SLOT, Rendered


def imprint(material: Material) -> Iterator[Finding]:
    """Stops at a mail without its unsubscribe link, or without the postal address that the
    newsletter has, in HTML or text; warns where the newsletter has none (CAN-SPAM asks for it)."""
    address = material.edition.newsletter.postal_address.strip()
    for language, mail in material.mails.items():
        words, content = {"language": language_name(language)}, material.content(language)
        if not can_be_left(mail):
            said = _("The mail in %(language)s has no unsubscribe link.") % words
            yield Finding(Level.STOP, said, f"unsubscribe {content}")
        if address and not names(mail, address):
            said = _("The mail in %(language)s leaves out the postal address.") % words
            yield Finding(Level.STOP, said, f"{address} {content}")
    if not address:
        said = _("The newsletter has no postal address: write one on its page.")
        yield Finding(Level.WARNING, said)


def can_be_left(mail: Rendered) -> bool:
    """By a link of its own; that to the settings begins alike."""
    return f'href="{UNSUBSCRIBE_URL_SLOT}"' in mail.html and any(
        line.endswith(UNSUBSCRIBE_URL_SLOT) for line in mail.text.splitlines()
    )


def names(mail: Rendered, address: str) -> bool:
    """White space aside, since lines are folded."""
    wanted = squeezed(address)
    return wanted in squeezed(mail.text) and wanted in squeezed(unescape(mail.html))


def squeezed(text: str) -> str:
    return "".join(text.split())
