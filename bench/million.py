"""Readers by the million: of ten in a row the first has asked, and the second has left."""

from __future__ import annotations

from functools import cache

from django.db import connection, transaction

from newsletter.approve import approve_edition
from newsletter.models import Edition, Newsletter, Subscription, Taste, Wording
from newsletter.models.subscribers import address_key
from tests.factories import make_edition

CHOICES = {
    "language": "en",
    "rhythm": "daily",
    "weekdays": ["1", "3", "5"],
    "hour": "6",
    "time_zone": "Europe/Berlin",
    "max_entries": "5",
    "favoured": "cs.CL, agents",
    "muted": "cs.RO",
    "paused_until": "",
}

SUBSCRIPTIONS = """
INSERT INTO newsletter_subscription (subscriber_id, newsletter_id, state, language, weekdays,
    rhythm, hour, time_zone, taste_id, chosen_at, created_at, confirmation_requested_at,
    confirmed_at, unsubscribed_at)
SELECT id, %(newsletter)s,
    CASE number %% 10 WHEN 0 THEN 'pending' WHEN 1 THEN 'unsubscribed' ELSE 'confirmed' END,
    CASE number %% 2 WHEN 0 THEN 'ko' ELSE 'en' END,
    CASE number %% 5 WHEN 0 THEN 31 ELSE 127 END,
    CASE number %% 8 WHEN 7 THEN 'weekly' ELSE 'daily' END,
    CASE number %% 3 WHEN 2 THEN number %% 24 END,
    CASE number %% 4 WHEN 0 THEN 'Asia/Seoul' WHEN 1 THEN 'Europe/Berlin' ELSE '' END,
    CASE number %% 20 WHEN 3 THEN %(taste)s::bigint END,
    CASE number %% 4 WHEN 0 THEN now() - interval '9 days' END,
    now() - number %% 700 * interval '1 day',
    CASE number %% 10 WHEN 1 THEN NULL ELSE now() - number %% 40 * interval '1 hour' END,
    CASE number %% 10 WHEN 0 THEN NULL ELSE now() - number %% 700 * interval '1 day' END,
    CASE number %% 10 WHEN 1 THEN now() - number %% 300 * interval '1 day' END
FROM (SELECT id, split_part(substr(email, 7), '@', 1)::bigint AS number
      FROM newsletter_subscriber) AS readers ORDER BY id
"""
CONSENTS = """
INSERT INTO newsletter_consent (subscription_id, act, source, wording_id, network, at)
SELECT subscription.id, act, source, %(wording)s, md5(subscription.id::text), created_at
FROM newsletter_subscription AS subscription,
     (VALUES ('asked', 'form'), ('confirmed', 'mail')) AS acts (act, source)
WHERE act = 'asked' OR state <> 'pending'
"""
NOTICES = """
INSERT INTO newsletter_notice (subscription_id, address_key, kind, due_at, sent_at)
SELECT subscription.id, address_key, kind, at, CASE WHEN subscription.id %% 100 > 0 THEN at END
FROM (SELECT *, now() - id %% 23 * interval '1 hour' AS at FROM newsletter_subscription)
         AS subscription
     JOIN newsletter_subscriber AS subscriber ON subscriber.id = subscriber_id,
     (VALUES ('confirm'), ('welcome')) AS kinds (kind)
WHERE kind = 'confirm' OR state = 'confirmed'
"""
SUPPRESSIONS = """
INSERT INTO newsletter_suppression (address_key, reason, created_at)
SELECT address_key, 'bounced', now() FROM newsletter_subscriber WHERE id %% 50 = 1
"""


def addresses(number: int) -> str:
    return f"reader{number}@example{number % 7}.org"


@cache
def reader(number: int) -> Subscription:
    return Subscription.objects.get(subscriber__address_key=address_key(addresses(number)))


def seed(count: int) -> None:
    seed_readers(count)
    publish(Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG))


def seed_readers(count: int) -> None:
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    taste = Taste.of(5, ["cs.cl"], [])
    values = {
        "newsletter": newsletter.pk,
        "taste": taste and taste.pk,
        "wording": Wording.of("en", "Subscribe").pk,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        columns = "newsletter_subscriber (email, address_key, created_at)"
        with cursor.copy(f"COPY {columns} FROM STDIN") as rows:
            for number in range(count):
                email = addresses(number)
                rows.write_row((email, address_key(email), "2025-01-01"))
        for statement in (SUBSCRIPTIONS, CONSENTS, NOTICES, SUPPRESSIONS):
            cursor.execute(statement, values)
    analyse()


def analyse() -> None:
    """As autovacuum would have by then."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def publish(newsletter: Newsletter) -> None:
    edition = approve_edition(make_edition(newsletter, papers=12))
    Edition.objects.filter(pk=edition.pk).update(
        state=Edition.State.DONE,
        audience_cutoff_at=edition.approved_at,
        audience_frozen_at=edition.approved_at,
        done_at=edition.approved_at,
    )
