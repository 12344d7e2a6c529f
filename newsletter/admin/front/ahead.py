"""What comes next of each newsletter: where it stands, when it is built and sent, what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsletter.ahead import Wanting, editions_ahead, wanting
from newsletter.models import Edition, Newsletter, Slice
from newsletter.moments import moment_in_words
from newsletter.render.entries import language_name

State = Edition.State
SHOWN = 3  # editions of a newsletter
LOOKED_AT = 5  # papers of an edition


@dataclass(frozen=True)
class Paper:
    """One that needs a look, and why."""

    title: str
    why: str


@dataclass(frozen=True)
class Coming:
    """An edition that is not finished."""

    edition: Edition
    when: str
    papers: Sequence[Paper] = ()
    more_papers: int = 0


@dataclass(frozen=True)
class Ahead:
    """A newsletter: its unfinished editions, and the one after that, which has no row yet."""

    newsletter: Newsletter
    editions: Sequence[Coming] = ()
    more_editions: int = 0
    planned: str = ""


def ahead(newsletters: Sequence[Newsletter], now: datetime) -> list[Ahead]:
    by_newsletter = editions_ahead(newsletters)
    shown = [each for editions in by_newsletter.values() for each in editions[:SHOWN]]
    lacking, accepted = wanting(shown), accepted_counts(shown)
    return [
        Ahead(
            newsletter,
            [
                coming(edition, now, lacking.get(edition.pk, []), accepted.get(edition.pk, 0))
                for edition in by_newsletter.get(newsletter.pk, [])[:SHOWN]
            ],
            max(0, len(by_newsletter.get(newsletter.pk, [])) - SHOWN),
            planned(newsletter, by_newsletter.get(newsletter.pk, []), now),
        )
        for newsletter in newsletters
    ]


def coming(edition: Edition, now: datetime, lacking: Sequence[Wanting], accepted: int) -> Coming:
    papers = [Paper(each.title, why(each)) for each in lacking[:LOOKED_AT]]
    return Coming(edition, when(edition, now, accepted), papers, max(0, len(lacking) - LOOKED_AT))


def why(paper: Wanting) -> str:
    said = [_("withdrawn by its authors")] if paper.is_withdrawn else []
    if paper.languages:
        names = ", ".join(map(language_name, paper.languages))
        said.append(_("no summary in %(languages)s") % {"languages": names})
    return " · ".join(said)


def when(edition: Edition, now: datetime, accepted: int) -> str:
    """What happens to it next, and when, on the newsletter's own clock."""
    newsletter = edition.newsletter
    if edition.state in Edition.LEAVING:
        return way(edition, accepted)
    moment = edition.not_before or newsletter.send_at(edition.date)
    at = {"when": on_a_day(moment, newsletter)}
    if edition.hold_reason:
        return _("Once it goes on, it is sent on %(when)s.") % at if moment > now else ""
    if edition.state in (State.SCHEDULED, State.COLLECTING):
        return _("It is being built, and is sent on %(when)s.") % at
    if edition.state == State.APPROVED:
        return _("It is sent on %(when)s.") % at
    if edition.not_before and not newsletter.approval_required:
        return _("It is sent by itself on %(when)s.") % at
    return approval(at, is_late=edition.corrects_id is not None or moment <= now)


def approval(at: dict[str, str], *, is_late: bool) -> str:
    if is_late:
        return _("It waits for approval, and is sent once it is approved.")
    return _("It waits for approval, and is sent on %(when)s once it is approved.") % at


def way(edition: Edition, accepted: int) -> str:
    if not edition.audience_count:
        return _("Its readers are being written down.")
    counts = {"accepted": f"{accepted:,}", "all": f"{edition.audience_count:,}"}
    return _("It is on its way: %(accepted)s of %(all)s sent.") % counts


def planned(newsletter: Newsletter, editions: Sequence[Edition], now: datetime) -> str:
    """The next one that has no row yet; nothing while one is waiting for its time."""
    if not newsletter.weekdays:
        return _("No day of the week has an edition.")
    if any(each.not_before and each.not_before > now for each in editions):
        return ""
    sent_at = newsletter.next_send_at(now)
    morning = sent_at.astimezone(ZoneInfo(newsletter.time_zone)).date()
    day = morning - timedelta(days=newsletter.lag_days)
    at = {
        "date": date_format(day, _("j F")),
        "built": on_a_day(newsletter.build_at(day), newsletter),
        "sent": on_a_day(sent_at, newsletter),
    }
    return _("The edition of %(date)s is built on %(built)s, and sent on %(sent)s.") % at


def on_a_day(moment: datetime, newsletter: Newsletter) -> str:
    return moment_in_words(moment, newsletter.time_zone, _("D j F, H:i"))


def accepted_counts(editions: Sequence[Edition]) -> dict[int, int]:
    """Of those on their way, by the edition's key; summed over slices, of which there are few."""
    leaving = [each.pk for each in editions if each.state in Edition.LEAVING]
    if not leaving:
        return {}
    slices = Slice.objects.filter(edition__in=leaving).order_by().values_list("edition")
    return dict(slices.annotate(Sum("accepted_count")))
