"""Who is in the audience, and that a freeze that was killed goes on where it stopped."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver import audience, begin
from newsletter.deliver.audience import freeze_audience, freeze_slice
from newsletter.models import Edition, Subscription, Suppression
from tests.factories import make_edition, make_newsletter, make_subscription

State = Edition.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    """At the moment of its cutoff."""
    edition = approve_edition(make_edition(daily_papers))
    edition.move(State.FREEZING, come_from=[State.APPROVED], audience_cutoff_at=timezone.now())
    return edition


def readers_of(edition: Edition) -> list[str]:
    return list(edition.deliveries.order_by("pk").values_list("subscriber__email", flat=True))


def test_it_is_the_readers_who_are_confirmed_and_not_suppressed(edition, alice, emma, bob, carol):
    Suppression.objects.create(address_key=emma.subscriber.address_key, reason="bounced")

    freeze_audience(edition)

    assert readers_of(edition) == ["alice@example.org"]


def test_readers_of_another_newsletter_are_not_in_it(edition, alice):
    make_subscription("zoe@example.org", make_newsletter())

    freeze_audience(edition)

    assert readers_of(edition) == ["alice@example.org"]


def test_whoever_confirms_after_the_cutoff_is_not_in_it(edition, alice):
    make_subscription("late@example.org", confirmed_at=timezone.now() + timedelta(seconds=1))

    freeze_audience(edition)

    assert readers_of(edition) == ["alice@example.org"]


def test_whoever_comes_while_it_is_frozen_waits_for_the_next_edition(edition, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 1)
    long_ago = edition.audience_cutoff_at - timedelta(days=1)
    make_subscription("first@example.org", confirmed_at=long_ago)
    Edition.objects.filter(pk=edition.pk).update(
        audience_max_id=Subscription.objects.latest("pk").pk
    )
    freeze_slice(edition)
    make_subscription("imported@example.org", confirmed_at=long_ago)

    freeze_audience(Edition.objects.get(pk=edition.pk))

    assert readers_of(edition) == ["first@example.org"]


def test_each_gets_their_language_and_the_main_one_where_there_is_none(edition):
    for language in ("en", "ko", "fr"):
        make_subscription(f"{language}@example.org", language=language)

    freeze_audience(edition)

    rows = edition.deliveries.values_list("subscriber__email", "rendition__language")
    assert dict(rows) == {"en@example.org": "en", "ko@example.org": "ko", "fr@example.org": "ko"}


def test_two_rows_for_one_mailbox_cannot_be(edition, alice, emma):
    freeze_audience(edition)
    second = edition.deliveries.filter(subscriber=emma.subscriber)

    with pytest.raises(IntegrityError):
        second.update(address_key=alice.subscriber.address_key)


def test_a_slice_and_its_watermark_are_written_together_or_not_at_all(edition, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 2)
    for _ in range(3):
        make_subscription()
    newest = Subscription.objects.latest("pk").pk
    Edition.objects.filter(pk=edition.pk).update(audience_max_id=newest)

    def full_disk(execute, sql, params, many, context):
        if "audience_watermark" in sql and sql.startswith("UPDATE"):
            raise DatabaseError("no space left")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full_disk), pytest.raises(DatabaseError):
        freeze_slice(edition)
    found = (readers_of(edition), Edition.objects.get(pk=edition.pk).audience_watermark)

    assert found == ([], 0)


def test_frozen_twice_it_is_the_same(edition, alice, emma):
    freeze_audience(edition)
    Edition.objects.filter(pk=edition.pk).update(audience_watermark=0)  # as if it had not been kept

    freeze_audience(Edition.objects.get(pk=edition.pk))

    assert readers_of(edition) == ["alice@example.org", "emma@example.org"]


def test_slices_go_on_in_the_order_in_which_readers_came(edition, monkeypatch):
    monkeypatch.setattr(audience, "SLICE", 3)
    readers = [make_subscription().subscriber.email for _ in range(7)]
    newest = Subscription.objects.latest("pk").pk
    Edition.objects.filter(pk=edition.pk).update(audience_max_id=newest)
    found = []

    while freeze_slice(edition):
        found.append(readers_of(edition))

    assert found == [readers[:3], readers[:6], readers]


def test_sending_begins_when_all_are_written_down_and_counted(edition, alice, emma):
    begin(edition)

    assert (edition.state, edition.audience_count) == (State.SENDING, 2)
    assert edition.audience_frozen_at >= edition.audience_cutoff_at
