"""The desk's front page: what matters today, for whoever may see it, in a few queries."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from newsletter.admin.front import ahead, growth, lately
from newsletter.models import CheckUp, Edition, Newsletter, ReaderDay, Report
from papers.models import Summary
from tests.factories import (
    DAY,
    make_delivery,
    make_edition,
    make_editor,
    make_leaving_edition,
    make_newsletter,
    make_slice,
)

FRONT = "/en/admin/"
NOW = datetime(2024, 7, 3, 3, 0, tzinfo=UTC)  # noon of Wednesday in Seoul
BUILD = datetime(2024, 7, 3, 21, 0, tzinfo=UTC)
SEND = BUILD + timedelta(hours=1)
pytestmark = pytest.mark.django_db

State = Edition.State


@pytest.fixture(autouse=True)
def only_daily_papers(daily_papers):
    Newsletter.objects.exclude(pk=daily_papers.pk).update(is_active=False)


def someone_who_may_look_at(*models: str) -> User:
    user = User.objects.create_user("lee", is_staff=True)
    codenames = [f"view_{model}" for model in models]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def text_of(response, part: str = "front") -> str:
    page = html.fromstring(response.content.decode())
    (found,) = page.find_class(part)
    return " ".join(" ".join(found.itertext()).split())


def looked(*findings, ago=timedelta()):
    """What the doctor found then: (check, name, level, facts)."""
    kept = [
        {"check": check, "name": name, "level": level, "facts": facts}
        for check, name, level, facts in findings
    ]
    CheckUp.objects.create(pk=CheckUp.ONLY, at=timezone.now() - ago, findings=kept)


HELD = ("editions", "none-in-print", "stop", {})
REDIS = ("broker", "broker-away", "stop", {})
DEBUG = ("debug", "debug", "warning", {})


# What day it is, and what comes next


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_day_is_that_of_the_newsletters_own_calendar(desk, zone):
    Newsletter.objects.update(time_zone=zone)
    today = timezone.now().astimezone(ZoneInfo(zone))

    page = desk.get(FRONT)

    assert page.context["title"] == f"{today:%A}, {today.day} {today:%B} {today.year}"


def said(newsletter, now=NOW):
    with override("en"):
        (only,) = ahead.ahead([newsletter], now)
    return [coming.when for coming in only.editions], only.planned


def test_an_edition_that_has_no_row_yet_is_announced_on_the_newsletters_own_clock(daily_papers):
    assert said(daily_papers) == (
        [],
        "The edition of 3 July is built on Thu 4 July, 06:00, and sent on Thu 4 July, 07:00.",
    )


@pytest.mark.parametrize(
    ("state", "fields", "words"),
    [
        (State.COLLECTING, {}, "It is being built, and is sent on Thu 4 July, 07:00."),
        (State.DRAFT, {}, "It is sent by itself on Thu 4 July, 07:00."),
        (State.APPROVED, {}, "It is sent on Thu 4 July, 07:00."),
        (
            State.APPROVED,
            {"hold_reason": "wait"},
            "Once it goes on, it is sent on Thu 4 July, 07:00.",
        ),
        (
            State.DRAFT,
            {"not_before": None},
            "It waits for approval, and is sent on Thu 4 July, 07:00 once it is approved.",
        ),
    ],
)
def test_an_edition_says_what_happens_to_it_next(daily_papers, state, fields, words):
    make_edition(**{"state": state, "not_before": SEND} | fields)

    assert said(daily_papers)[0] == [words]


def test_a_draft_that_needs_approval_says_so_also_when_its_time_is_over(daily_papers):
    daily_papers.approval_required = True
    make_edition(not_before=SEND)

    before, after = said(daily_papers)[0], said(daily_papers, SEND)[0]

    assert before == [
        "It waits for approval, and is sent on Thu 4 July, 07:00 once it is approved."
    ]
    assert after == ["It waits for approval, and is sent once it is approved."]


def test_an_edition_on_its_way_counts_its_slices_and_not_its_readers(daily_papers):
    edition = make_leaving_edition(audience_count=1_000_000)
    for _ in range(2):
        make_slice(edition, accepted_count=250_600)

    assert said(daily_papers)[0] == ["It is on its way: 501,200 of 1,000,000 sent."]


def test_the_page_says_what_is_on_hold_and_why_and_what_needs_a_look(desk):
    edition = make_edition(papers=7, not_before=SEND, hold_reason="The third is wrong.")
    titles = [entry.paper.title for entry in edition.printed_entries()]
    Summary.objects.filter(language="ko").delete()

    page = text_of(desk.get(FRONT))

    assert "On hold. The third is wrong." in page
    assert page.count("no summary in 한국어") == 5
    assert "and 2 more" in page
    assert titles[0] in page


# The last editions


def test_the_last_editions_have_five_numbers_and_a_bar_for_each(daily_papers):
    first = made_done(DAY, accepted=1_000)
    second = made_done(DAY + timedelta(days=1), accepted=250, in_doubt=1, assumed_sent=1)
    counts = [{"hard": 1, "left": 2}, {"left": 1}]
    Report.objects.create(edition=first, counted_at=NOW, told=counts)
    Report.objects.create(edition=second, counted_at=NOW)

    with override("en"):
        told = lately.lately()

    assert told.headings == ["Accepted", "In doubt", "Bounced", "Spam", "Left"]
    assert [[(each.count, each.share) for each in row.numbers] for row in told.rows] == [
        [("250", 25), ("2", 100), ("0", 0), ("0", 0), ("0", 0)],
        [("1,000", 100), ("0", 0), ("1", 100), ("0", 0), ("3", 100)],
    ]


def made_done(day, *, corrects=None, **counts):
    ended = {"state": State.DONE, "done_at": NOW, "final_counts": counts}
    return make_leaving_edition(date=day, corrects=corrects, **ended)


def test_an_edition_on_its_way_has_the_numbers_of_its_slices(daily_papers):
    edition = make_leaving_edition(audience_count=4)
    part = make_slice(edition, size=3, accepted_count=2)
    make_delivery(edition)
    for state in ("accepted", "accepted", "in_doubt"):
        make_delivery(edition, part=part, state=state)

    (row,) = lately.lately().rows

    assert [number.count for number in row.numbers] == ["2", "1", "0", "0", "0"]


def test_a_correction_has_its_own_numbers_above_those_of_what_it_corrects(desk):
    edition = made_done(DAY, accepted=1_000)
    made_done(DAY, corrects=edition, accepted=990)

    page = text_of(desk.get(FRONT), "numbers")

    assert page.index("990") < page.index("1,000")
    assert page.count("Correction") == 1


def test_the_draft_of_a_correction_waits_for_its_approval_and_for_no_time(daily_papers):
    edition = made_done(DAY)
    make_edition(corrects=edition, papers=0)

    assert said(daily_papers)[0] == ["It waits for approval, and is sent once it is approved."]


def test_a_day_without_an_edition_says_why(desk):
    make_edition(papers=0, state=State.SKIPPED, reason="No papers are listed.")

    page = text_of(desk.get(FRONT), "numbers")

    assert "No papers are listed." in page
    assert "– – – – –" in page


# Readers


def counted(newsletter, *days):
    """(date, confirmed, joined, left)"""
    for day, confirmed, joined, left in days:
        ReaderDay.objects.create(
            newsletter=newsletter,
            date=day,
            confirmed_count=confirmed,
            joined_count=joined,
            left_count=left,
        )


def test_the_drawing_and_the_table_have_the_same_days(daily_papers):
    counted(
        daily_papers,
        (date(2024, 7, 1), 1_200, 10, 0),
        (date(2024, 7, 2), 1_204, 5, 1),
        (date(2024, 7, 3), 1_202, 0, 2),
    )

    (drawn,) = growth.growth([daily_papers], NOW)

    assert [(f"{day.date:%d}", day.confirmed, day.joined, day.left) for day in drawn.days] == [
        ("03", "1,202", "0", "2"),
        ("02", "1,204", "5", "1"),
        ("01", "1,200", "10", "0"),
    ]
    assert (drawn.joined, drawn.left) == ("15", "3")
    assert drawn.lines == ["550.0,84.0 570.0,6.0 590.0,45.0"]
    assert [(bar.joined, bar.left) for bar in drawn.bars] == [
        ("34.0", "0.0"),
        ("17.0", "3.4"),
        ("0.0", "6.8"),
    ]


def test_a_day_that_nobody_counted_interrupts_the_line(daily_papers):
    counted(
        daily_papers,
        (date(2024, 7, 1), 10, 0, 0),
        (date(2024, 7, 3), 10, 0, 0),
        (date(2024, 5, 1), 10, 0, 0),
    )

    (drawn,) = growth.growth([daily_papers], NOW)

    assert drawn.lines == ["550.0,45.0", "590.0,45.0"]


def test_a_newsletter_that_nobody_counted_has_no_drawing(daily_papers):
    assert growth.growth([daily_papers], NOW) == []


# The doctor


def test_the_page_says_what_would_stop_mail_and_folds_what_would_not(desk):
    looked(REDIS, DEBUG)

    page = text_of(desk.get(FRONT))

    assert "This would stop the next mail Redis does not answer." in page
    assert "1 thing to look at, which stops nothing yet" in page


def test_a_doctor_who_found_nothing_is_a_quiet_line(desk):
    looked()

    assert "The doctor found nothing to complain of on" in text_of(desk.get(FRONT))


def test_a_doctor_who_has_not_come_for_an_hour_is_missed(desk):
    before = text_of(desk.get(FRONT))
    looked(ago=timedelta(minutes=61))

    assert "The doctor has not looked yet." in before
    assert "The doctor has not looked for more than an hour." in text_of(desk.get(FRONT))


def test_an_editor_reads_what_is_theirs_and_that_there_is_more(client):
    looked(HELD, REDIS, DEBUG)
    client.force_login(someone_who_may_look_at("edition"))

    page = text_of(client.get(FRONT))

    assert "No newsletter is in print." in page
    assert "1 thing that is for whoever runs this house to mend." in page
    assert "Redis" not in page
    assert "DEBUG" not in page


# Who may see what


@pytest.mark.parametrize(
    ("models", "parts"),
    [
        ((), set()),
        (("edition",), {"What comes next", "The last editions"}),
        (("subscription",), {"Readers"}),
        (("edition", "subscription"), {"What comes next", "The last editions", "Readers"}),
    ],
)
def test_each_part_is_there_for_whoever_may_see_what_it_is_made_of(
    client, daily_papers, models, parts
):
    counted(daily_papers, (timezone.now().date(), 10, 0, 0))
    client.force_login(someone_who_may_look_at(*models))

    page = html.fromstring(client.get(FRONT).content.decode())

    (front,) = page.find_class("front")
    headings = {heading.text_content() for heading in front.iter("h2")}
    assert headings == parts


# How much it costs


def queries(client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(FRONT).status_code == 200
    return len(asked)


def test_many_editions_and_newsletters_take_as_few_queries_as_one(client, daily_papers):
    client.force_login(make_editor())
    looked(REDIS)
    today = timezone.now().date()

    def fill(newsletter, offset):
        counted(newsletter, (today, 10, 1, 1))
        for days in range(4):
            day = DAY + timedelta(days=days + offset)
            make_edition(newsletter, date=day, papers=2, not_before=SEND)
            done = make_leaving_edition(newsletter, date=day + timedelta(days=10))
            make_slice(done, accepted_count=5)
            Report.objects.create(edition=done, counted_at=NOW, told=[{"left": 1}])

    fill(daily_papers, 0)
    few = queries(client)
    for number in range(5):
        fill(make_newsletter(), number)

    assert queries(client) == few
    assert few <= 17  # one of them for errata
