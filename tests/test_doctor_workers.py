from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.doctor import workers
from newsletter.models import Sign
from tests.doctor import facts, found

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("check", "sign", "name"),
    [(workers.ticks, Sign.CLOCK, "clock"), (workers.workers, Sign.WORKER, "worker")],
)
def test_who_was_never_seen_and_who_was_seen_long_ago_stops_mail(check, sign, name):
    never = found(check)
    Sign.give(sign)
    now = found(check)
    Sign.objects.update(at=timezone.now() - timedelta(minutes=25, seconds=30))

    assert (never, now) == ([(f"{name}-never", "stop")], [])
    assert found(check) == [(f"{name}-stopped", "stop")]
    assert facts(check) == [{"minutes": 25}]


def test_a_worker_that_has_its_hands_full_for_some_minutes_is_well():
    Sign.give(Sign.WORKER)
    Sign.objects.update(at=timezone.now() - timedelta(minutes=9))

    assert found(workers.workers) == []


def test_a_broker_that_answers_is_well_and_one_that_is_away_stops_mail(settings):
    well = found(workers.broker)
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    assert (well, found(workers.broker)) == ([], [("broker-away", "stop")])


def test_where_no_broker_is_named_none_is_asked(settings):
    settings.REDIS_URL = ""

    assert found(workers.broker) == []
