"""Readers into a file: who is in it, what stands there, and that it comes back as it was."""

import csv
import json
import os
import stat
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from newsletter import export
from newsletter.known import erase
from newsletter.models import (
    Consent,
    Newsletter,
    Subscriber,
    Subscription,
    Suppression,
    Taste,
    Wording,
)
from newsletter.models.subscribers import address_key
from tests.factories import make_newsletter, make_subscription

pytestmark = pytest.mark.django_db

State = Subscription.State
THEN = datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=UTC)


def run(*options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("export_subscribers", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue().strip()


def rows(*options: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(run(*options)[0], newline="")))


@pytest.fixture
def dana(daily_papers) -> Subscription:
    """Has chosen all that can be chosen."""
    return make_subscription(
        "+dana@example.org",
        language="en",
        rhythm="weekly",
        weekdays=0b0010101,
        hour=7,
        time_zone="Europe/Berlin",
        paused_until=THEN.replace(year=2027),
        taste=Taste.of(5, ["cs.cl", "로봇"], ["=evil"]),
        confirmed_at=THEN,
    )


def test_each_reader_has_a_row_with_all_that_was_chosen(dana):
    out, said = run()

    assert rows() == [
        {
            "email": "'+dana@example.org",
            "newsletter": "daily-papers",
            "language": "en",
            "state": "confirmed",
            "rhythm": "weekly",
            "weekdays": "1 3 5",
            "hour": "7",
            "time_zone": "Europe/Berlin",
            "paused_until": "2027-05-04T03:02:01.123456+00:00",
            "papers_at_most": "5",
            "topics_first": "cs.cl, 로봇",
            "topics_left_out": "'=evil",
            "asked_at": "",
            "confirmed_at": "2026-05-04T03:02:01.123456+00:00",
            "left_at": "",
            "known_since": dana.created_at.isoformat(),
        }
    ]
    assert out.startswith("email,newsletter,language,state,") and out.endswith("\r\n")
    assert said == "Wrote 1 readers of Daily Papers."


def test_whoever_is_suppressed_is_marked_where_the_state_stands(alice, bob):
    for reader in (alice, bob):
        key = reader.subscriber.address_key
        Suppression.objects.create(address_key=key, reason="complained")

    assert [row["state"] for row in rows()] == ["suppressed", "suppressed"]
    assert rows("--state", "confirmed") == []
    assert len(rows("--state", "suppressed")) == 2


def test_a_state_chooses_its_readers(alice, bob, carol):
    found = {state: [row["email"] for row in rows("--state", state)] for state in State.values}

    assert found == {
        "pending": ["bob@example.org"],
        "confirmed": ["alice@example.org"],
        "unsubscribed": ["carol@example.org"],
    }


def test_an_erased_reader_is_in_no_file(alice):
    erase(alice.subscriber)

    assert rows() == []


def test_another_newsletters_readers_are_not_in_the_file(alice):
    make_subscription("dana@example.org", make_newsletter(slug="ml"))

    assert [row["email"] for row in rows()] == ["alice@example.org"]


def test_a_file_is_for_nobody_elses_eyes(alice, tmp_path):
    new, old = tmp_path / "new.csv", tmp_path / "old.csv"
    old.write_text("longer than what comes\n" * 100)
    old.chmod(0o644)

    for path in (new, old):
        out, said = run("--output", str(path))

        assert (out, said) == ("", f"Wrote 1 readers of Daily Papers to {path}.")
        assert path.read_bytes() == run()[0].encode()
        assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_no_file_keeps_its_permissions(alice, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o644)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    run("--output", str(pipe))

    assert os.read(reader, 100_000) == run()[0].encode()
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o644
    os.close(reader)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(CommandError, match="no/such"):
        run("--output", str(tmp_path / "no/such"))


def test_the_proof_of_consent_is_in_the_file_where_it_is_asked_for(alice):
    words = Wording.of("ko", "구독\n합니다")
    Consent.objects.create(
        subscription=alice, act="asked", source="form", wording=words, network="0a" * 8, at=THEN
    )

    (row,) = rows("--consents")

    assert json.loads(row["consents"]) == [
        {
            "act": "asked",
            "source": "form",
            "network": "0a" * 8,
            "language": "ko",
            "wording": "구독\n합니다",
            "at": "2026-05-04T03:02:01.123456+00:00",
        }
    ]


def test_more_readers_than_are_asked_for_at_once_come_each_once(daily_papers, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 2)
    made = [make_subscription().subscriber.email for _ in range(5)]

    assert [row["email"] for row in rows()] == made


def test_what_was_exported_comes_back_as_it_was(dana, alice, bob, carol, tmp_path):
    words = Wording.of("en", "=Yes, mail me.")
    Consent.objects.create(
        subscription=dana, act="confirmed", source="mail", wording=words, at=THEN
    )
    Suppression.objects.create(address_key=address_key("alice@example.org"), reason="bounced")
    path = tmp_path / "readers.csv"
    run("--consents", "--output", str(path))
    before = {row["email"]: row for row in rows("--consents")}
    Consent.objects.all().delete()
    Subscription.objects.all().delete()
    Subscriber.objects.all().delete()

    out = StringIO()
    words = ["--consent", "They agreed.", "--confirmed"]
    call_command("import_subscribers", str(path), *words, stdout=out)

    after = {row["email"]: row for row in rows("--consents")}
    assert "added 2, already 0, left 1, suppressed 1, rejected 0" in out.getvalue()
    changed = {
        email: {name for name in row if row[name] != before[email][name]}
        for email, row in after.items()
    }
    assert changed == {
        "'+dana@example.org": {"known_since", "consents"},
        "bob@example.org": {"known_since", "consents", "asked_at"},
        "carol@example.org": {"known_since", "consents"},
    }
    acts = json.loads(after["'+dana@example.org"]["consents"])
    assert acts[:-1] == json.loads(before["'+dana@example.org"]["consents"])
    assert (acts[-1]["act"], acts[-1]["wording"]) == ("imported", "They agreed.")


def test_a_roundup_has_no_readers_of_its_own():
    weekly = Newsletter.objects.get(slug="weekly-papers")

    assert run("--newsletter", weekly.slug)[1] == f"Wrote 0 readers of {weekly}."
