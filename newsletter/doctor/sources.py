"""Where papers come from: whether each source was read of late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from newsletter import clock
from newsletter.doctor.finding import Ailment, Finding, Level, check
from newsletter.models import Newsletter
from papers.models import Pull

NOT_ASKED = timedelta(hours=2)  # each is asked every half hour
NOT_READ = timedelta(days=1)

UNASKED = Ailment(
    "source-unasked",
    Level.WARNING,
    _("The source %(source)s has not been asked for %(hours)s hours."),
    _("New papers are missing; the next edition may have none."),
    _("See that the clock and a worker run. By hand: manage.py fetch_papers"),
)
NEVER_ASKED = Ailment(
    "source-never-asked",
    Level.WARNING,
    _("The source %(source)s has never been asked."),
    _("There are no papers to print."),
    _("See that the clock and a worker run. By hand: manage.py fetch_papers"),
)
UNREAD = Ailment(
    "source-unread",
    Level.STOP,
    _("The source %(source)s could not be read for %(hours)s hours: %(problem)s"),
    _("The next edition is not built, or has no papers."),
    _("Look at Pulls on the desk. If the source has moved, HF_API_URL says where it is."),
)
PROBLEM = Ailment(
    "source-problem",
    Level.WARNING,
    _("The source %(source)s was last read with a problem: %(problem)s"),
    _("Papers may be missing from the list of %(date)s."),
    _("It is asked again every half hour. Look at Pulls on the desk."),
)


@check("papers.Pull", _("Every source was read of late."))
def sources() -> Iterator[Finding]:
    """The last answer of each one that a newsletter in print reads."""
    in_print = Newsletter.objects.taking_readers()
    for source in sorted(set(in_print.values_list("source", flat=True))):
        yield from pulls_of(source, clock.now())


def pulls_of(source: str, now: datetime) -> Iterator[Finding]:
    pulls = Pull.objects.filter(source=source)
    newest = pulls.order_by("-attempted_at").first()
    if newest is None:
        yield NEVER_ASKED.found(source=source)
        return
    if now - newest.attempted_at > NOT_ASKED:
        yield UNASKED.found(source=source, hours=hours(now - newest.attempted_at))
    problem = newest.problem.partition("\n")[0]
    read_at = pulls.aggregate(newest=Max("succeeded_at"))["newest"]
    if problem and (read_at is None or now - read_at > NOT_READ):
        since = read_at or pulls.order_by("attempted_at")[0].attempted_at
        yield UNREAD.found(source=source, hours=hours(now - since), problem=problem)
    elif problem:
        yield PROBLEM.found(source=source, date=f"{newest.date}", problem=problem)


def hours(time: timedelta) -> int:
    return time // timedelta(hours=1)
