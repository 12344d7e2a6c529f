"""What became of a million mails: the ledger of a few editions, and what others told of them."""

from __future__ import annotations

from bench.copying import execute
from newsletter.models import Channel, Edition

SIZE = 1_000  # of a slice

SLICES = """
INSERT INTO newsletter_slice (edition_id, channel_id, owner, journal, lease_until, size,
    accepted_count, claimed_at, settled_at)
SELECT %(edition)s, %(channel)s, 'a-sender', 'a-sender.journal', at, %(size)s, %(size)s - 4, at, at
FROM (SELECT %(left_at)s::timestamptz + number * interval '150 ms' AS at
      FROM generate_series(1, %(sent)s / %(size)s + 1) AS number) AS slices
"""
# Of a thousand two were rejected and one had left; of twenty thousand one is in doubt.
DELIVERIES = """
INSERT INTO newsletter_delivery (edition_id, subscriber_id, rendition_id, address_key, state,
    not_before, fence, attempts, accepted_at, in_doubt_at, doubt_reason, error_class, error_code,
    provider_message_id)
SELECT %(edition)s, subscriber_id, rendition_id, address_key, state, %(left_at)s,
    CASE state WHEN 'pending' THEN 0 ELSE %(fence)s + number / %(size)s END,
    CASE state WHEN 'pending' THEN 0 ELSE 1 END,
    CASE state WHEN 'accepted' THEN %(left_at)s::timestamptz + number * interval '150 us' END,
    CASE WHEN state IN ('in_doubt', 'assumed_sent') THEN %(left_at)s::timestamptz END,
    CASE WHEN state IN ('in_doubt', 'assumed_sent') THEN 'The line was cut.' ELSE '' END,
    CASE state WHEN 'rejected' THEN 'recipient' ELSE '' END,
    CASE state WHEN 'rejected' THEN '550 5.1.1 no such user' ELSE '' END,
    CASE state WHEN 'accepted' THEN %(edition)s || '.' || md5(number::text) ELSE '' END
FROM (
    SELECT subscriber_id, newsletter_rendition.id AS rendition_id, address_key, number,
        CASE WHEN number >= %(sent)s THEN 'pending' WHEN number %% 500 = 7 THEN 'rejected'
             WHEN number %% 1000 = 13 THEN 'suppressed' WHEN number %% 20000 = 17 THEN %(doubt)s
             ELSE 'accepted' END AS state
    FROM (SELECT subscriber_id, language, row_number() OVER (ORDER BY id) - 1 AS number
          FROM newsletter_subscription WHERE state = 'confirmed') AS readers
    JOIN newsletter_subscriber ON newsletter_subscriber.id = subscriber_id
    JOIN newsletter_rendition ON newsletter_rendition.edition_id = %(edition)s
        AND newsletter_rendition.language = readers.language AND variant = ''
) AS mails ORDER BY number
"""
# A provider tells of each mail of one edition that it arrived; of the others what went wrong.
EVENTS = """
INSERT INTO newsletter_deliveryevent (provider, event_id, kind, code, happened_at, received_at,
    delivery_id, edition_id, address_key)
SELECT %(provider)s, edition_id || '-' || id, kind, '', accepted_at, accepted_at, id, edition_id,
    address_key
FROM (
    SELECT id, edition_id, accepted_at, address_key,
        CASE WHEN id %% 100 = 1 THEN 'soft' WHEN id %% 500 = 2 THEN 'hard'
             WHEN id %% 2000 = 3 THEN 'policy' WHEN id %% 20000 = 4 THEN 'complained'
             WHEN id %% 50000 = 5 THEN 'unsubscribed' ELSE 'delivered' END AS kind
    FROM newsletter_delivery WHERE edition_id = %(edition)s AND state = 'accepted') AS told
WHERE kind <> 'delivered' OR %(all)s
ORDER BY id
"""


def seed_mails(editions: list[Edition]) -> None:
    """Of editions that are done, and of one that is half on its way."""
    channel, _ = Channel.objects.get_or_create(name=Channel.DEFAULT_NAME)
    *_, newest, _going = editions
    for edition in editions:
        is_done = edition.state == Edition.State.DONE
        sent = edition.audience_count // (1 if is_done else 2)
        names = {
            "edition": edition.pk,
            "channel": channel.pk,
            "left_at": edition.not_before,
            "sent": sent,
            "size": SIZE,
            "doubt": "assumed_sent" if is_done else "in_doubt",
            "provider": "mailgun",
            "all": edition == newest,
        }
        execute(SLICES, **names)
        oldest = edition.slices.earliest("pk").pk
        execute(DELIVERIES, fence=oldest, **names)
        execute(EVENTS, **names)
