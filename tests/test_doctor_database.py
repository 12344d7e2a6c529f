from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from newsletter.doctor import database
from tests.doctor import facts, found


def test_a_database_that_answers_and_is_migrated_is_well(db):
    assert found(database.database) == []


def test_a_migration_that_is_missing_stops_mail(db):
    recorded = MigrationRecorder(connection).migration_qs
    recorded.filter(app="newsletter").latest("name").delete()

    assert found(database.database) == [("migrations-missing", "stop")]


def test_a_database_that_is_away_is_found_out_soon(transactional_db, monkeypatch):
    connection.close()
    elsewhere = {"HOST": "127.0.0.1", "PORT": "9", "NAME": "/nowhere/a-secret"}

    with monkeypatch.context() as patch:
        for name, value in elsewhere.items():
            patch.setitem(connection.settings_dict, name, value)
        away = found(database.database)

    assert away == [("database-away", "stop")]


def test_clocks_that_agree_are_well(db):
    assert found(database.clocks) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has the machine's clock")
def test_a_machine_whose_clock_is_wrong_is_told_by_how_much(db):
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        (apart,) = facts(database.clocks)

    assert 115 <= apart["seconds"] <= 125
