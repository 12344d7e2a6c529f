"""Pictures that readers would not see."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from newsletter.models import Visit
from newsletter.preflight.answers import nobody_answers, what_it_says
from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material


def pictures(material: Material) -> Iterator[Finding]:
    """Stops at a picture that is gone, or that is no picture; warns where the first paper, whose
    picture is the large one, has none, and of what does not answer."""
    if material.entries and not material.entries[0].paper.image_url:
        yield Finding(Level.WARNING, _("No. 1 has no picture."))
    is_us = nobody_answers(material.visits.values())
    seen = {url: no for page in material.pages.values() for url, no in page.pictures.items()}
    for url, number in seen.items():
        visit = material.visits.get(url)
        if visit and (found := finding(url, number, visit, is_us=is_us)):
            yield found


def finding(url: str, number: int, visit: Visit, *, is_us: bool) -> Finding | None:
    words = {"number": number, "url": url, "why": what_it_says(visit)}
    if visit.state == Visit.State.ANSWERS:
        if not visit.content_type.startswith("text/"):
            return None
        said = _("The picture of no. %(number)s is a page, and no picture: %(url)s")
        return Finding(Level.STOP, said % words, url)
    if is_us and visit.state != Visit.State.PRIVATE:
        return None
    if visit.state == Visit.State.SILENT:
        said = _("The picture of no. %(number)s does not answer: %(url)s (%(why)s)")
        return Finding(Level.WARNING, said % words, url)
    said = _("The picture of no. %(number)s is missing: %(url)s (%(why)s)")
    return Finding(Level.STOP, said % words, url)
