"""A file by the desk: how it is kept, looked at, taken in by whoever comes, and removed."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from newsletter import imports
from newsletter.intake import BadFile, read
from newsletter.models import (
    Consent,
    Import,
    ImportPiece,
    Newsletter,
    Notice,
    Subscriber,
    Subscription,
)
from newsletter.subscribe import subscribe
from newsletter.tasks import take_import
from newsletter.tick import tick
from tests.factories import make_editor

pytestmark = pytest.mark.django_db

State = Import.State
TEXT = "email,name\n" + "".join(f"reader{n}@example.org,Kim\n" for n in range(5)) + "no address,\n"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(read, "AT_ONCE", 2)


@pytest.fixture
def brought(daily_papers) -> Import:
    return bring(daily_papers)


def bring(newsletter, text=TEXT, **fields) -> Import:
    fields = {
        "is_confirmed": True,
        "language": "en",
        "wording": "Yes.",
        "file_name": "a.csv",
    } | fields
    brought = Import(newsletter=newsletter, **fields)
    imports.bring(BytesIO(text.encode()), brought)
    return brought


def approved(newsletter, readers: int) -> Import:
    brought = bring(
        newsletter, "email\n" + "".join(f"reader{n}@example.org\n" for n in range(readers))
    )
    take_import(brought.pk)
    imports.approve(brought, make_editor())
    return brought


def test_a_file_is_looked_at_and_nobody_is_taken_in(brought):
    take_import(brought.pk)

    brought.refresh_from_db()
    assert (brought.state, brought.row_count, brought.piece_count) == (State.CHECKED, 6, 3)
    assert brought.expected == {"added": 5, "rejected": 1}
    assert not Subscriber.objects.exists()


def test_what_was_approved_is_taken_in_with_its_words_and_the_rows_are_removed(brought):
    editor = make_editor()
    take_import(brought.pk)

    imports.approve(brought, editor)
    take_import(brought.pk)

    brought.refresh_from_db()
    assert (brought.state, brought.counts) == (State.DONE, {"added": 5, "rejected": 1})
    assert (brought.approved_by, brought.wording) == (editor, "Yes.")
    assert Subscription.objects.filter(state="confirmed").count() == 5
    assert {each.wording.text for each in Consent.objects.all()} == {"Yes."}
    assert [(each.rows, len(each.rejected)) for each in ImportPiece.objects.all()] == [(None, 1)]


def test_of_a_row_nothing_is_kept_that_we_do_not_use(brought):
    rows = [imports.unpacked(piece.rows) for piece in brought.pieces.order_by("position")]

    assert [row.cells for row in rows[0]] == [
        {"email": "reader0@example.org"},
        {"email": "reader1@example.org"},
    ]


def test_the_reasons_are_in_the_language_of_whoever_brought_it(daily_papers):
    files = [bring(daily_papers, language=language) for language in ("en", "ko")]

    for brought in files:
        take_import(brought.pk)

    said = [[(each.line, each.reason) for each in imports.rejected(file)] for file in files]
    assert said == [
        [(7, "Mail cannot reach this address. Is it spelled right?")],
        [(7, "이 주소로는 메일을 보낼 수 없습니다. 바르게 적었는지 살펴봐 주세요.")],
    ]


def test_a_worker_goes_on_where_the_last_one_was_killed(brought):
    take_import(brought.pk)
    imports.approve(brought, make_editor())

    imports.step(brought.pk)
    half = Subscriber.objects.count()
    tick()
    take_import(brought.pk)

    assert (half, Subscriber.objects.count()) == (2, 5)


def test_a_piece_that_fails_leaves_nothing_behind(brought, monkeypatch):
    take_import(brought.pk)
    imports.approve(brought, make_editor())
    ImportPiece.objects.filter(position=1).update(rows=b"torn")

    with pytest.raises(imports.zlib.error):
        take_import(brought.pk)

    brought.refresh_from_db()
    assert (brought.state, brought.position, brought.counts) == (State.TAKING, 1, {"added": 2})
    assert Subscriber.objects.count() == 2


def test_a_file_rests_while_its_newsletter_is_not_in_print(brought):
    take_import(brought.pk)
    imports.approve(brought, make_editor())
    imports.step(brought.pk)

    Newsletter.objects.update(is_active=False)
    take_import(brought.pk)
    resting = Subscriber.objects.count()
    Newsletter.objects.update(is_active=True)
    take_import(brought.pk)

    assert (resting, Subscriber.objects.count()) == (2, 5)


def test_what_waits_for_nobody_is_not_taken_in(brought):
    assert imports.approve(brought, make_editor()) is False
    take_import(brought.pk)

    assert imports.approve(brought, make_editor("lee")) is True
    assert imports.approve(brought, make_editor("park")) is False


def test_a_cancelled_file_is_gone_and_takes_in_nobody_more(brought):
    take_import(brought.pk)
    imports.approve(brought, make_editor())
    imports.step(brought.pk)

    stopped = [imports.cancel(brought), imports.cancel(brought)]
    take_import(brought.pk)

    brought.refresh_from_db()
    assert stopped == [True, False]
    assert (brought.state, Subscriber.objects.count()) == (State.CANCELLED, 2)
    assert not ImportPiece.objects.exclude(rows=None).exists()


def test_nobody_is_asked_faster_than_the_hour_allows_over_all_pieces(daily_papers, settings):
    settings.CONFIRMATIONS_AN_HOUR = 60
    brought = bring(daily_papers, is_confirmed=False)
    take_import(brought.pk)
    imports.approve(brought, make_editor())

    take_import(brought.pk)

    due = list(Notice.objects.order_by("pk").values_list("due_at", flat=True))
    assert [round((at - due[0]).total_seconds()) for at in due] == [0, 400, 800, 1200, 1600]


def test_a_file_without_anybodys_word_is_removed_after_a_day(brought):
    take_import(brought.pk)
    Import.objects.update(created_at=timezone.now() - timedelta(hours=23))
    imports.forget_old(timezone.now())
    waits = Import.objects.get().state

    Import.objects.update(created_at=timezone.now() - timedelta(hours=25))
    imports.forget_old(timezone.now())

    assert (waits, Import.objects.get().state) == (State.CHECKED, State.CANCELLED)
    assert not ImportPiece.objects.exclude(rows=None).exists()


def test_a_file_that_is_approved_while_the_old_ones_are_removed_is_taken_in(brought):
    take_import(brought.pk)
    Import.objects.update(created_at=timezone.now() - timedelta(hours=25))
    editor, approved = make_editor(), []

    def approve_first(execute, sql, *rest):
        if sql.startswith("UPDATE") and not approved:
            approved.append(True)
            imports.approve(brought, editor)
        return execute(sql, *rest)

    with connection.execute_wrapper(approve_first):
        imports.forget_old(timezone.now())
    take_import(brought.pk)

    brought.refresh_from_db()
    assert (brought.state, brought.counts) == (State.DONE, {"added": 5, "rejected": 1})


def test_a_file_that_is_not_over_after_three_days_is_ended_with_its_rows(brought):
    take_import(brought.pk)
    imports.approve(brought, make_editor())
    ImportPiece.objects.filter(position=1).update(rows=b"torn")
    with pytest.raises(imports.zlib.error):
        take_import(brought.pk)

    Import.objects.update(created_at=timezone.now() - timedelta(hours=71))
    imports.forget_old(timezone.now())
    goes_on = Import.objects.get().state
    Import.objects.update(created_at=timezone.now() - timedelta(hours=73))
    imports.forget_old(timezone.now())

    assert (goes_on, Import.objects.get().state) == (State.TAKING, State.CANCELLED)
    assert not ImportPiece.objects.exclude(rows=None).exists()


def test_reasons_are_removed_after_a_month_and_who_did_it_stays(brought):
    take_import(brought.pk)
    imports.cancel(brought)

    imports.forget_old(timezone.now() + timedelta(days=31))

    assert (ImportPiece.objects.count(), Import.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("email\n", "There is nobody in it."),
        ("name\nDana\n", "No column is called email"),
        ("email\na@example.org\nb@example.org\n\udcff@example.org\n", "It is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(daily_papers, text, sentence):
    brought = Import(newsletter=daily_papers, wording="Yes.", file_name="a.csv", language="en")

    with override("en"), pytest.raises(BadFile, match=sentence):
        imports.bring(BytesIO(text.encode("utf-8", "surrogateescape")), brought)

    assert not Import.objects.exists()


def test_a_file_is_read_to_its_end_before_anything_is_written(daily_papers):
    brought = Import(newsletter=daily_papers, wording="Yes.", file_name="a.csv", language="en")
    text = TEXT.encode() + b"\xff@example.org\n"

    with CaptureQueriesContext(connection) as asked, pytest.raises(BadFile):
        imports.bring(BytesIO(text), brought)

    assert {each["sql"].split()[0] for each in asked} <= {"SELECT"}


def test_two_workers_at_once_take_each_row_once(transactional_db, daily_papers):
    brought = approved(daily_papers, 30)

    def worker():
        try:
            for _ in range(40):
                take_import(brought.pk)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    brought.refresh_from_db()
    assert (brought.state, brought.counts) == (State.DONE, {"added": 30})
    assert Consent.objects.count() == 30


def test_whoever_asks_while_a_file_is_taken_in_is_one_reader(transactional_db, daily_papers):
    brought = approved(daily_papers, 60)

    def ask():
        try:
            for number in range(0, 60, 3):
                subscribe(f"reader{number}@example.org", daily_papers, "ko")
        finally:
            connections.close_all()

    asking = threading.Thread(target=ask)
    asking.start()
    while imports.work(brought.pk):
        pass
    asking.join()

    brought.refresh_from_db()
    assert brought.state == State.DONE
    assert brought.counts.get("added", 0) + brought.counts.get("already", 0) == 60
    assert Subscription.objects.count() == Subscriber.objects.count() == 60
