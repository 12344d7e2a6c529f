import shutil
from collections import namedtuple

import pytest

from newsletter.doctor import machine
from newsletter.models import Newsletter
from tests.doctor import facts, found

pytestmark = pytest.mark.django_db


def test_a_journal_that_can_be_written_is_well_and_nothing_stays_in_it(settings):
    assert found(machine.journal) == []
    assert list(settings.JOURNAL_DIR.iterdir()) == []


def test_a_journal_that_is_no_folder_stops_mail(settings):
    settings.JOURNAL_DIR.write_text("a file")

    assert found(machine.journal) == [("journal-shut", "stop")]


def test_a_journal_in_redis_has_to_answer(settings):
    settings.JOURNAL_URL = settings.REDIS_URL
    well = found(machine.journal)
    settings.JOURNAL_URL = "redis://127.0.0.1:9/1"

    assert (well, found(machine.journal)) == ([], [("journal-away", "stop")])


@pytest.mark.parametrize(
    ("megabytes", "expected"),
    [
        (5_000, []),
        (999, [("disk-full", "warning")]),
        (99, [("disk-full", "stop")]),
    ],
)
def test_a_disk_has_room_for_a_gigabyte(monkeypatch, megabytes, expected):
    usage = namedtuple("usage", ["free"])
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(megabytes * 1_000_000))

    assert found(machine.disk) == expected


def test_a_time_zone_that_the_machine_does_not_know_stops_its_newsletter(daily_papers):
    well = found(machine.time_zones)
    Newsletter.objects.filter(pk=daily_papers.pk).update(time_zone="Asia/Atlantis")

    assert (well, facts(machine.time_zones)) == (
        [],
        [{"zone": "Asia/Atlantis", "newsletter": daily_papers.name}],
    )
