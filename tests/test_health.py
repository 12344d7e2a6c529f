from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def test_a_process_that_answers_is_healthy_even_without_a_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_migrated_database_and_a_broker_that_answers_are_ready(client, db):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "database": "ok", "broker": "ok"},
    )
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_missing_migration_is_not_ready_and_says_what_to_run(client, db):
    recorded = MigrationRecorder(connection).migration_qs
    recorded.filter(app="newsletter").latest("name").delete()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {
            "status": "not ready",
            "database": "migrations are missing, run manage.py migrate",
            "broker": "ok",
        },
    )


def test_a_database_that_is_away_is_not_ready(client, transactional_db, monkeypatch):
    connection.close()
    elsewhere = {"HOST": "127.0.0.1", "PORT": "9", "NAME": "/nowhere/a-secret"}

    with monkeypatch.context() as patch:
        for name, value in elsewhere.items():
            patch.setitem(connection.settings_dict, name, value)
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "not ready", "database": "does not answer", "broker": "ok"},
    )


def test_a_broker_that_is_away_is_named_and_stops_nothing(client, db, settings):
    settings.REDIS_URL = "redis://:a-secret@127.0.0.1:9/0"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "database": "ok", "broker": "does not answer"},
    )


def test_no_broker_is_asked_where_none_is_configured(client, db, settings):
    settings.REDIS_URL = ""

    answer = client.get("/readyz")

    assert answer.json() == {"status": "ok", "database": "ok", "broker": "not needed"}
