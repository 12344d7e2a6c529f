"""The database goes away for a moment, at each statement and each commit: a live sender waits."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F

from newsletter.approve import approve_edition
from newsletter.deliver import deliver_edition, sender
from newsletter.models import Delivery, Edition
from tests.crash import Provider, ScriptedCarrier
from tests.factories import DAY, make_channel, make_edition, make_subscription

READERS = [f"reader{number}@example.org" for number in range(4)]


class Gone:
    """At the n-th call, and at no other."""

    def __init__(self, nth: int) -> None:
        self.nth, self.asked = nth, 0

    def __call__(self, error: type[Exception]) -> None:
        self.asked += 1
        if self.asked == self.nth:
            raise error("server closed the connection unexpectedly")


@pytest.fixture
def provider(tmp_path, monkeypatch) -> Provider:
    provider = Provider(tmp_path / "truth")
    monkeypatch.setattr(sender, "carrier_for", lambda *channel: ScriptedCarrier(provider, 2))
    monkeypatch.setattr(sender, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(sender, "SECONDS_TO_WAIT", 0.0)
    return provider


@pytest.fixture
def newsletter(transactional_db, daily_papers):
    make_channel(slice_size=3)
    for address in READERS:
        make_subscription(address)
    daily_papers.languages = ["ko"]
    daily_papers.save()
    return daily_papers


@contextmanager
def before_a_statement(nth: int):
    gone = Gone(nth)

    def execute(run, *statement):
        gone(OperationalError)
        return run(*statement)

    with connections[DEFAULT_DB_ALIAS].execute_wrapper(execute):
        yield gone


@contextmanager
def after_a_commit(nth: int):
    """It is committed, and nobody is told."""
    gone, commit = Gone(nth), BaseDatabaseWrapper.commit

    def commits_and_goes(connection):
        commit(connection)
        gone(InterfaceError)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "commit", commits_and_goes)
        yield gone


@pytest.mark.parametrize("it_goes", [before_a_statement, after_a_commit])
def test_whenever_the_database_goes_nobody_is_in_doubt_lost_or_mailed_twice(
    it_goes, newsletter, provider
):
    for nth in count(1):
        provider.path.write_text("")
        day = DAY + timedelta(days=nth)
        edition = approve_edition(make_edition(newsletter, date=day))

        with it_goes(nth) as gone:
            deliver(edition)
        deliver_to_the_end(edition)

        assert provider.copies() == Counter(READERS), nth
        assert not edition.deliveries.filter(in_doubt_at__isnull=False).exists(), nth
        if gone.asked < nth:
            break
    assert nth > 5


def deliver(edition: Edition) -> None:
    """As a worker does: whatever the database raises, there is another tick."""
    try:
        deliver_edition(Edition.objects.select_related("newsletter").get(pk=edition.pk))
    except (OperationalError, InterfaceError):
        connections.close_all()


def deliver_to_the_end(edition: Edition) -> None:
    for _ in range(5):
        deliver(edition)
        Delivery.objects.update(not_before=F("not_before") - timedelta(minutes=20))
        edition.refresh_from_db()
        if edition.state == Edition.State.DONE:
            return
    raise AssertionError(f"{edition} is still {edition.state}")
