"""Any mail: its three templates, rendered in one language, its CSS inlined once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.translation import override
from premailer import Premailer

from newsletter.links import home_url
from newsletter.render.clean import one_line
from newsletter.render.lines import folded
from newsletter.render.plain import wrapped
from newsletter.rendered import Rendered

BLANK_LINES = re.compile(r"\n\s*\n+")


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
