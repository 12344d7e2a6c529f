from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import override

from newsletter.admin.desk import Desk
from newsletter.approve import approve_edition, reopen_edition
from newsletter.models import Edition
from tests.desk import desk_url
from tests.factories import (
    make_delivery,
    make_edition,
    make_editor,
    make_leaving_edition,
    make_slice,
)

State = Edition.State


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (State.COLLECTING, ["[Collect]", "Edit", "Approve", "Deliver"]),
        (State.DRAFT, ["Collected", "[Edit]", "Approve", "Deliver"]),
        (State.APPROVED, ["Collected", "Edited", "Approved", "[Deliver]"]),
        (State.SENDING, ["Collected", "Edited", "Approved", "[Deliver]"]),
        (State.DONE, ["Collected", "Edited", "Approved", "Delivered"]),
        (State.CANCELLED, []),
    ],
)
def test_the_line_of_an_edition_says_what_is_done_and_where_it_is(state, line):
    steps = Desk(Edition(state=state), AnonymousUser()).steps

    with override("en"):
        assert [f"[{step.words}]" if step.is_now else step.words for step in steps] == line


@pytest.fixture
def editor(client, db):
    client.force_login(make_editor(is_superuser=True))
    with override("en"):
        yield client


def test_the_desk_counts_what_is_in_doubt_and_leads_to_it(editor, daily_papers):
    edition = make_leaving_edition()
    part = make_slice(edition)
    doubted = [
        make_delivery(edition, part=part, state=state) for state in ("in_doubt", "assumed_sent")
    ]
    make_delivery(make_leaving_edition(date="2024-07-04"), part=part, state="in_doubt")

    page = editor.get(desk_url(edition))
    listed = editor.get(page.context["desk"].doubts_url)

    assert "<b>2 mails are in doubt.</b>" in page.content.decode()
    assert {row.pk for row in listed.context["cl"].result_list} == {row.pk for row in doubted}


def test_the_desk_and_the_front_page_say_in_red_what_verifying_found(editor, daily_papers):
    broken = [{"check": "extra", "count": 2, "examples": [7, 8]}]
    edition = make_leaving_edition(breaches=broken, verified_at=timezone.now())

    pages = [editor.get(url).content.decode() for url in (desk_url(edition), "/en/admin/")]

    assert "2 deliveries are to people who were no readers at that moment." in pages[0]
    assert "(deliveries 7, 8)" in pages[0]
    assert f"verify_edition {edition.date}" in pages[0]
    assert "promises kept" not in pages[0]
    assert "The check of its deliveries found something wrong" in pages[1]


def test_the_desk_says_quietly_that_every_promise_was_kept(daily_papers):
    verified_at = datetime(2024, 7, 3, 22, 30, tzinfo=UTC)
    desk = Desk(make_leaving_edition(verified_at=verified_at), AnonymousUser())

    with override("en"):
        assert desk.verified == "Verified on 4 July, 07:30: 11 of 11 promises kept."


def test_a_ledger_that_is_pruned_has_no_doubts_to_look_at(daily_papers):
    counts = {"audience_count": 1, "assumed_sent": 1, "claimed": 0}  # a word of older ledgers
    edition = make_leaving_edition(final_counts=counts, pruned_at=timezone.now())

    desk = Desk(edition, AnonymousUser())

    assert desk.doubtful == 0
    with override("en"):
        assert desk.balance == "0 of 1 sent, 1 in doubt"


def test_a_draft_says_when_it_leaves_and_a_late_one_that_it_leaves_at_once(editor, daily_papers):
    coming = make_edition(daily_papers, date=timezone.localdate() + timedelta(days=3))

    pages = [editor.get(desk_url(each)).content.decode() for each in (coming, make_edition())]

    moment = daily_papers.send_at(coming.date).astimezone(ZoneInfo(daily_papers.time_zone))
    assert f"leaves {moment.day} {moment:%B, %H:%M} Asia/Seoul" in pages[0]
    assert "leaves as soon as you approve it" in pages[1]


def test_after_an_approval_was_taken_back_the_page_says_when_it_would_leave_now(daily_papers):
    edition = approve_edition(make_edition(daily_papers))
    reopen_edition(edition)
    tomorrow = timezone.now() + timedelta(days=1)
    Edition.objects.filter(pk=edition.pk).update(not_before=tomorrow)  # as it was once
    edition.refresh_from_db()

    desk = Desk(edition, AnonymousUser())

    assert (desk.leaves_at_once, desk.leaves_at) == (True, "")
