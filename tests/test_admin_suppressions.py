"""Addresses that must not be mailed, at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.models import AuditEntry, Suppression
from newsletter.models.subscribers import address_key
from tests.desk import filled_form
from tests.factories import make_editor

LIST = "/admin/newsletter/suppression/"


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor(is_superuser=True))
    return client


def suppress(reason, **fields):
    return Suppression.objects.create(
        address_key=address_key("dana@example.org"), reason=reason, **fields
    )


def lift(desk, row, why="The mailbox works again, they wrote."):
    url = f"{LIST}{row.pk}/change/"
    return desk.post(url, filled_form(desk, url, "suppression_form") | {"end_reason": why})


def test_a_suppressed_address_is_kept_as_its_key(desk):
    form = filled_form(desk, f"{LIST}add/", "suppression_form")
    desk.post(f"{LIST}add/", form | {"address": "Dana@Example.org"})

    rows = list(Suppression.objects.values_list("address_key", "reason"))
    assert rows == [(address_key("dana@example.org"), "manual")]


def test_an_address_in_a_foreign_script_is_the_one_that_readers_have(desk):
    form = filled_form(desk, f"{LIST}add/", "suppression_form")
    desk.post(f"{LIST}add/", form | {"address": "dana@예시.한국"})

    found = desk.get(f"{LIST}?q=dana@예시.한국").context["cl"].result_list
    assert [row.address_key for row in found] == [address_key("dana@xn--vv4b11d.xn--3e0b707e")]


@pytest.mark.parametrize("reason", ["complained", "manual"])
def test_an_address_is_suppressed_once(desk, reason):
    suppress(reason)

    form = filled_form(desk, f"{LIST}add/", "suppression_form")
    page = desk.post(f"{LIST}add/", form | {"address": "dana@example.org"})

    assert "이미 등록된 주소입니다." in page.content.decode()
    assert Suppression.objects.get().reason == reason


@pytest.mark.parametrize("reason", ["bounced", "failing"])
def test_what_its_reader_or_time_may_end_is_made_to_last(desk, reason):
    row = suppress(reason, ends_at=timezone.now() + timedelta(days=9))

    form = filled_form(desk, f"{LIST}add/", "suppression_form")
    desk.post(f"{LIST}add/", form | {"address": "dana@example.org"})

    made = Suppression.objects.get()
    assert (made.pk, made.reason, made.ends_at) == (row.pk, "manual", None)


def test_a_suppression_is_found_by_typing_the_address(desk):
    wanted = Suppression.objects.create(
        address_key=address_key("dana@example.org"), reason="manual"
    )
    Suppression.objects.create(address_key=address_key("other@example.org"), reason="manual")

    found = desk.get(f"{LIST}?q=dana@example.org").context["cl"].result_list

    assert list(found) == [wanted]


@pytest.mark.parametrize("reason", ["bounced", "failing", "manual"])
def test_an_editor_lifts_one_with_a_reason_that_is_kept(desk, reason):
    row = suppress(reason)

    lift(desk, row)

    row.refresh_from_db()
    assert (row.holds, row.end_reason) == (False, "The mailbox works again, they wrote.")
    noted = AuditEntry.objects.get()
    assert (noted.editor_name, noted.act, noted.words) == ("kim", "changed", "해제했습니다")
    assert noted.reason == "The mailbox works again, they wrote."


def test_without_a_reason_nothing_is_lifted(desk):
    row = suppress("bounced")

    page = lift(desk, row, why=" ")

    row.refresh_from_db()
    assert (page.status_code, row.holds) == (200, True)


def test_nobody_lifts_a_complaint(desk):
    row = suppress("complained")

    answer = desk.post(f"{LIST}{row.pk}/change/", {"end_reason": "They did not mean it."})

    row.refresh_from_db()
    assert (answer.status_code, row.holds) == (403, True)


def test_an_address_that_was_let_off_is_suppressed_anew(desk):
    now = timezone.now()
    ended = suppress("bounced", created_at=now - timedelta(days=9), ends_at=now, end_reason="x")

    form = filled_form(desk, f"{LIST}add/", "suppression_form")
    desk.post(f"{LIST}add/", form | {"address": "dana@example.org"})

    row = Suppression.objects.get()
    assert (row.pk, row.reason, row.ends_at, row.end_reason) == (ended.pk, "manual", None, "")
    assert row.created_at >= now


def test_whoever_may_only_look_lifts_nothing(client, db):
    client.force_login(make_editor("lee", may="view"))
    row = suppress("bounced")

    assert client.post(f"{LIST}{row.pk}/change/", {"end_reason": "x"}).status_code == 403
