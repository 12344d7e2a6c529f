import csv
import io
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from newsletter import verify
from newsletter.deliver.prune import prune_ledger
from newsletter.models import Delivery, DeliveryEvent, Edition
from tests.desk import desk_url
from tests.factories import make_done_edition, make_edition, make_editor

SEOUL = ZoneInfo("Asia/Seoul")
AT = "/en/admin/newsletter/edition/"


@pytest.fixture
def edition(alice, emma) -> Edition:
    """Done and verified; Emma's came back."""
    edition = make_done_edition()
    now = timezone.now()
    DeliveryEvent.objects.create(
        provider="Postmark",
        event_id="1",
        kind="hard",
        happened_at=now,
        received_at=now,
        edition=edition,
        delivery=edition.deliveries.get(subscriber=emma.subscriber),
    )
    verify.record(edition)
    return edition


def report(client, edition, ending="/"):
    return client.get(f"{AT}{edition.pk}/report{ending}")


def numbers(client, edition):
    kept = json.loads(report(client, edition, ".json").content)
    names = ("audience", "accepted", "in_doubt", "rejected", "expired", "hard", "left")
    return [kept[name] for name in names]


def test_the_page_says_what_became_of_it_by_language_and_channel(desk, edition):
    page = report(desk, edition)

    assert page.context["report"].table == [
        ("English", "default", [1, 0, 0, 0, 0, 0, 0, 1, 0, 0]),
        ("한국어", "default", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ]
    text = page.content.decode()
    assert "11 of 11 promises kept" in text
    assert edition.content_sha256 in text
    assert f"{edition.approved_at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}" in text
    assert "by itself, as the newsletter is set" in text


def test_the_files_say_the_same(desk, edition):
    text = report(desk, edition, ".csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))

    assert numbers(desk, edition) == [2, 2, 0, 0, 0, 1, 0]
    assert [(line["language"], line["channel"], line["accepted"]) for line in lines] == [
        ("en", "default", "1"),
        ("ko", "default", "1"),
        ("all", "all", "2"),
    ]


def test_it_says_the_same_after_the_ledger_was_pruned(desk, edition):
    before = numbers(desk, edition)
    table = report(desk, edition).context["report"].table
    Edition.objects.update(done_at=timezone.now() - timedelta(days=31))

    while prune_ledger():
        pass
    DeliveryEvent.objects.all().delete()

    page = report(desk, edition)
    assert Delivery.objects.count() == 0
    assert (numbers(desk, edition), page.context["report"].table) == (before, table)
    assert "the single deliveries are removed" in page.content.decode()


def test_it_says_who_approved_it(desk, edition):
    Edition.objects.update(approved_by=make_editor("park"))

    assert "park" in report(desk, edition).content.decode()


def test_before_it_was_counted_it_says_so(desk, alice):
    edition = make_done_edition()

    page = report(desk, edition)

    assert "It is counted within a minute or two" in page.content.decode()
    assert page.context["report"].totals["accepted"] == 1


def test_an_edition_that_never_left_has_none(desk):
    assert report(desk, make_edition()).status_code == 404


def test_it_takes_few_queries(desk, edition, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        report(desk, edition)


def test_whoever_may_look_at_editions_may_read_it_and_nobody_else(client, edition):
    client.force_login(make_editor("lee", may="view"))
    looked = report(client, edition).status_code
    client.force_login(make_editor("oh", may="nothing"))
    client.get(desk_url(edition))
    client.logout()

    assert (looked, report(client, edition).status_code) == (200, 302)
