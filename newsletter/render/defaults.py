"""What is written where an editor writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.translation import override

from newsletter.models import Edition
from newsletter.render.clean import one_line
from newsletter.render.edition import default_preheader, edition_frame
from newsletter.render.entries import printed_entries


@dataclass(frozen=True)
class Defaults:
    """Of an edition in one language."""

    subject: str
    preheader: str


def defaults(edition: Edition, language: str) -> Defaults:
    """In three queries, and without the mail around them."""
    entries = printed_entries(edition, language)
    frame = replace(edition_frame(edition, language, entries), own_subject="")
    with override(language):
        subject = render_to_string("email/edition.subject.txt", vars(frame) | {"entries": entries})
        return Defaults(one_line(subject), default_preheader(entries))
