import json
import socket
import time
from datetime import timedelta

import dns.resolver
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from newsletter.doctor import CHECKS, Level, diagnosis, examine, kept, newsletters
from newsletter.doctor.finding import AILMENTS
from newsletter.models import CheckUp, Newsletter, Sign
from papers.models import Pull
from tests.factories import make_edition, make_slice
from tests.name_server import NameServer

HOME = "news.paperboy.kr"


@pytest.fixture
def name_server(monkeypatch):
    server = NameServer()
    monkeypatch.setattr(dns.resolver, "default_resolver", server.resolver())
    yield server
    server.close()


@pytest.fixture
def well(daily_papers, alice, settings, relay, name_server):
    """Nothing would stop tomorrow's mail."""
    settings.CHANNELS = {"default": relay.url}
    settings.SECRET_KEY = "b7k2m-94hx-qq01-zzr8-this one is long enough"
    Newsletter.objects.update(from_address=f"paper@{HOME}")
    name_server.records[HOME, "SOA"] = [f"ns.{HOME}. root.{HOME}. 1 2 3 4 5"]
    Sign.give(Sign.CLOCK)
    Sign.give(Sign.WORKER)
    now = timezone.now()
    Pull.objects.create(source="huggingface", date=now.date(), attempted_at=now, succeeded_at=now)


@pytest.fixture
def on_hold(daily_papers):
    return make_edition(
        not_before=timezone.now() + timedelta(hours=8), hold_reason="Look at no. 3."
    )


def lines(capsys) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_where_nothing_stops_mail_the_command_ends_well(well, capsys):
    call_command("doctor")

    said = lines(capsys)
    assert "ok: Nothing keeps the next editions from leaving." in said
    assert not [line for line in said if line.startswith("STOP")]


def test_what_stops_mail_comes_first_with_what_to_do_and_ends_with_1(well, on_hold, capsys):
    with pytest.raises(CommandError, match="1 thing would stop") as stopped:
        call_command("doctor")

    assert stopped.value.returncode == 1
    assert lines(capsys)[:3] == [
        f"STOP: The edition of {on_hold.date} of Daily Papers is on hold: Look at no. 3.",
        "    It stops: It does not leave.",
        "    What to do: Open it at the desk, and let it go on once the reason is over.",
    ]


def test_it_speaks_korean_when_it_is_asked_to(well, on_hold, capsys):
    with pytest.raises(CommandError, match="내일 메일을 멈출 일이 1건 있습니다"):
        call_command("doctor", language="ko")

    assert lines(capsys)[0] == (
        f"멈춤: Daily Papers {on_hold.date} 지면이 멈춰 있습니다. Look at no. 3."
    )


def test_for_programs_it_is_one_json_object(well, on_hold, capsys):
    with pytest.raises(CommandError):
        call_command("doctor", is_json=True)

    told = json.loads(capsys.readouterr().out)
    by_name = {check["check"]: check for check in told["checks"]}
    assert told["well"] is False
    assert by_name["editions"]["level"] == "stop"
    assert [each["name"] for each in by_name["editions"]["findings"]] == ["edition-on-hold"]
    assert by_name["ticks"] == {"check": "ticks", "level": "ok", "findings": []}


def test_a_login_is_tried_only_when_it_is_asked_for(well):
    without = {diagnosis.check.name for diagnosis in examine()}
    also = {diagnosis.check.name for diagnosis in examine(also_connect=True)}

    assert also - without == {"connections"}


def test_where_nobody_answers_it_still_ends_in_five_seconds(well, settings, name_server):
    name_server.is_silent = True
    with socket.create_server(("127.0.0.1", 0)) as takes_all_and_says_nothing:
        settings.SITE_HOST = "papers.paperboy.kr"
        settings.SITE_URL = f"http://127.0.0.1:{takes_all_and_says_nothing.getsockname()[1]}"
        settings.REDIS_URL = settings.SITE_URL.replace("http", "redis")
        began = time.monotonic()
        found = examine()
        seconds = time.monotonic() - began

    assert seconds < 5
    assert {each.check.name for each in found if each.level is Level.UNKNOWN} == {"senders"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such locks")
def test_a_table_that_somebody_holds_is_not_waited_for(transactional_db):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE newsletter_newsletter IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        found = [each.name for each in diagnosis(newsletters.newsletters).findings]
        seconds = time.monotonic() - began
    other.close()

    assert (found, seconds < 3) == (["check-too-slow"], True)


def test_without_its_database_it_looks_at_nothing_else(transactional_db, monkeypatch):
    connection.close()
    elsewhere = {"HOST": "127.0.0.1", "PORT": "9", "NAME": "/nowhere/a-secret"}

    with monkeypatch.context() as patch:
        for name, value in elsewhere.items():
            patch.setitem(connection.settings_dict, name, value)
        found = examine()

    assert [(each.check.name, each.level) for each in found] == [("database", Level.STOP)]


def test_what_it_finds_is_kept_and_told_in_any_language_later(well, on_hold):
    kept.keep()
    kept.keep()

    visit = kept.last()
    worst = visit.complaints[0]
    assert CheckUp.objects.count() == 1
    assert (worst.area, worst.finding.level) == ("newsletter.Edition", Level.STOP)
    with override("ko"):
        assert worst.finding.stops == "나가지 않습니다."
    with override("en"):
        assert worst.finding.stops == "It does not leave."


def test_a_look_tells_nothing_after_an_hour(well):
    kept.keep()
    visit = kept.last()

    assert not visit.is_old(visit.at + timedelta(minutes=59))
    assert visit.is_old(visit.at + timedelta(minutes=61))


def test_nobody_has_looked_before_the_clock_ran(db):
    assert kept.last() is None


def test_a_finding_of_another_version_is_left_out(db):
    known = {"check": "disk", "name": "disk-full", "level": "stop"}
    facts = {"megabytes": 7, "folder": "/var"}
    CheckUp.objects.create(
        at=timezone.now(),
        findings=[
            {"check": "gone", "name": "disk-full", "level": "stop", "facts": facts},
            {"check": "disk", "name": "gone", "level": "stop", "facts": {}},
            known | {"facts": facts},
            known | {"facts": {"bytes": 7}},
        ],
    )

    (complaint,) = kept.last().complaints
    assert complaint.finding.facts == facts


def test_every_check_has_a_docstring_and_a_name_of_its_own():
    names = [check.name for check in CHECKS]

    assert len(set(names)) == len(names)
    assert [check.name for check in CHECKS if not check.look.__doc__] == []


def test_every_ailment_says_what_is_wrong_what_it_stops_and_what_to_do():
    assert [each.name for each in AILMENTS.values() if not (each.wrong and each.remedy)] == []
    assert len(AILMENTS) > 50


def test_no_finding_names_a_reader(well, on_hold, alice):
    make_slice(on_hold)

    kept.keep()

    assert alice.subscriber.email not in json.dumps(CheckUp.objects.get().findings)
