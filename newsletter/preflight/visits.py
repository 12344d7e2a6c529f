"""Which of an edition's links are to be opened, and what they answered: kept, so that no page waits
for them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from newsletter import clock
from newsletter.models import Edition, Visit
from newsletter.preflight.material import GOOD_FOR, addresses, mails_of, pages_of
from newsletter.preflight.visitor import Answer, Visitor

logger = logging.getLogger(__name__)

SECONDS = 20  # a turn of a worker's: mail that is to leave waits for it
AGAIN_AFTER = timedelta(minutes=9)  # by the clock, what did not answer, until it is approved
SEEN_LATE = 5  # seconds that may lie between the time of a visit and its being seen
KEPT = timedelta(days=7)


def visit_links(edition: Edition) -> bool:
    """Open the links and pictures of an edition that were not opened lately, and keep what they
    say. True: there are more, for another turn. May be repeated, and done by several at once."""
    due, opened_count = due_urls(edition), 0
    for url, answer in Visitor(networks=settings.LINK_NETWORKS).visit_all(due, SECONDS):
        keep(url, answer)
        opened_count += 1
    logger.info("visited edition=%s links=%s of=%s", edition.pk, opened_count, len(due))
    return 0 < opened_count < len(due)


def due_urls(edition: Edition) -> list[str]:
    """Whose answer is none, or old; the first ones, where they are very many."""
    urls = urls_of(edition)
    now = clock.now()
    good = Q(state=Visit.State.ANSWERS, visited_at__gt=now - GOOD_FOR)
    fresh = Visit.objects.filter(good | Q(visited_at__gt=now - AGAIN_AFTER), url__in=urls)
    known = set(fresh.values_list("url", flat=True))
    return [url for url in urls if url not in known]


def urls_of(edition: Edition) -> list[str]:
    return addresses(pages_of(edition, mails_of(edition)).values())


def keep(url: str, answer: Answer) -> None:
    """At once, so that a turn that ends badly has lost nothing."""
    visit = Visit(
        url=url,
        state=answer.state,
        said=answer.said,
        content_type=answer.content_type,
        visited_at=clock.now(),
    )
    Visit.objects.bulk_create(
        [visit],
        update_conflicts=True,
        unique_fields=["url"],
        update_fields=["state", "said", "content_type", "visited_at"],
    )


def doubt_visits(edition: Edition) -> None:
    """Have all its links opened anew. What each said holds until it says something else."""
    old = clock.now() - GOOD_FOR
    Visit.objects.filter(url__in=urls_of(edition), visited_at__gt=old).update(visited_at=old)


def visited_since(seconds: int) -> bool:
    """Whether any address has answered since then, in seconds of Unix."""
    newest = Visit.objects.aggregate(at=Max("visited_at"))["at"]
    return newest is not None and newest.timestamp() >= seconds - SEEN_LATE


def forget_old(now: datetime) -> None:
    Visit.objects.filter(visited_at__lt=now - KEPT).delete()


def visits_due(now: datetime) -> QuerySet[Edition]:
    """The drafts that are to go out."""
    return Edition.objects.filter(
        state=Edition.State.DRAFT, newsletter__is_active=True, expires_at__gt=now
    )
