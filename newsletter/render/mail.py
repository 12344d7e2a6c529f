"""Any mail: its three templates, rendered in one language, its CSS inlined once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import override
from premailer import Premailer

from newsletter.links import home_url
from newsletter.render.clean import ADDRESS_SLOT, UNSUBSCRIBE_URL_SLOT, one_line
from newsletter.render.lines import folded
from newsletter.render.plain import wrapped

BLANK_LINES = re.compile(r"\n\s*\n+")


@dataclass(frozen=True)
class Rendered:
    """A mail in one language, the same for every reader but for the slots in its bodies."""

    subject: str
    preheader: str  # also in the HTML
    html: str
    text: str

    @property
    def sha256(self) -> str:
        """Of subject, HTML and text, as a frozen rendition keeps them."""
        return hashlib.sha256("\0".join([self.subject, self.html, self.text]).encode()).hexdigest()

    def filled(self, *, address: str, unsubscribe_url: str) -> Rendered:
        """For one reader: what stands in a slot is escaped in the HTML, and as it is in the text.

        The address goes in last: whatever it holds, nothing is put into it.
        """
        html = self.html.replace(UNSUBSCRIBE_URL_SLOT, escape(unsubscribe_url))
        text = self.text.replace(UNSUBSCRIBE_URL_SLOT, unsubscribe_url)
        return replace(
            self,
            html=html.replace(ADDRESS_SLOT, escape(address)),
            text=text.replace(ADDRESS_SLOT, address),
        )


def render_mail(name: str, context: Mapping[str, object], language: str) -> Rendered:
    """The mail of `templates/email/<name>.{subject.txt,html,txt}` in one language.

    The templates get `context`, and `subject` and `home_url` beside it. A `preheader` in the
    context is what inboxes show after the subject.
    """
    with override(language):
        subject = one_line(render_to_string(f"email/{name}.subject.txt", dict(context)))
        whole = {"home_url": home_url(language), "subject": subject, **context}
        return Rendered(
            subject=subject,
            preheader=str(context.get("preheader", "")),
            html=inlined(render_to_string(f"email/{name}.html", whole)),
            text=wrapped(render_to_string(f"email/{name}.txt", whole)),
        )


def inlined(html: str) -> str:
    """The page with its first style block moved into style attributes. Nothing is fetched."""
    page: str = Premailer(
        BLANK_LINES.sub("\n", html),
        allow_network=False,
        cache_css_parsing=True,
        disable_basic_attributes=["align", "bgcolor", "height", "valign", "width"],
        disable_validation=True,
        strip_important=False,
    ).transform(pretty_print=False)
    return folded(page)
