"""What goes into the audit trail, and what does not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone, translation

from newsletter import audit
from newsletter.audit import KEPT, Act
from newsletter.login import AS_AN_EDITOR, FROM_A_NETWORK
from newsletter.models import AuditEntry
from newsletter.network import network_key
from tests.factories import make_delivery, make_edition, make_editor, make_leaving_edition

LOGIN = "/admin/login/"
PASSWORD = "a long and good password"


@pytest.fixture
def kim(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_editor("kim", password=PASSWORD)


@pytest.fixture
def desk(client, kim):
    client.force_login(kim)
    return client


def trail(*names):
    return list(AuditEntry.objects.order_by("pk").values_list(*names))


def sign_in(client, username="kim", password=PASSWORD):
    client.post(LOGIN, {"username": username, "password": password, "next": "/admin/"})


def test_an_act_says_who_did_what_to_what_why_and_from_where(desk, kim):
    edition = make_edition()
    url = f"/admin/newsletter/edition/{edition.pk}/do/hold/"

    answer = desk.post(url, {"seen_version": edition.version, "reason": "A picture is wrong."})

    (entry,) = AuditEntry.objects.all()
    assert (entry.editor, entry.editor_name, entry.act) == (kim, "kim", "hold")
    assert (entry.content_type.model, entry.object_id) == ("edition", str(edition.pk))
    assert (entry.thing, entry.reason) == (str(edition), "A picture is wrong.")
    assert entry.network == network_key(answer.wsgi_request) != ""
    assert timezone.now() - entry.at < timedelta(minutes=1)


@pytest.mark.parametrize(("language", "words"), [("ko", "멈춰 두기"), ("en", "Put on hold")])
def test_it_says_so_in_the_language_of_whoever_looks(desk, language, words):
    edition = make_edition()
    desk.post(f"/admin/newsletter/edition/{edition.pk}/do/hold/", {"seen_version": 0})

    with translation.override(language):
        assert AuditEntry.objects.get().words == words


def test_a_form_says_which_fields_were_changed_and_not_to_what(desk, kim):
    kim.is_superuser = True
    kim.save()
    newsletter = make_edition().newsletter
    entry = audit.record(None, Act.CHANGED, newsletter, message=[{"changed": {"fields": ["Name"]}}])

    with translation.override("en"):
        assert entry.words == "Changed Name."


def test_what_an_order_about_mails_in_doubt_was_about_is_the_edition(client, db):
    client.force_login(User.objects.create_superuser("chief"))
    edition = make_leaving_edition()
    rows = [make_delivery(edition, state="in_doubt") for _ in range(2)]
    chosen = {"action": "leave_selected", "_selected_action": [row.pk for row in rows]}

    client.post("/admin/newsletter/delivery/?doubt=in_doubt", chosen)

    assert trail("act", "thing") == [("leave", str(edition))]


def test_who_came_and_went_is_in_it(client, kim):
    sign_in(client)
    client.post("/admin/logout/")

    assert trail("act", "editor_name") == [("signed_in", "kim"), ("signed_out", "kim")]


def test_a_wrong_password_is_in_it_under_the_name_that_was_tried(client, kim):
    sign_in(client, password="wrong")

    assert trail("act", "editor_name") == [("sign_in_failed", "kim")]


def test_a_name_that_nobody_has_is_not_kept_it_may_be_a_password(client, kim):
    sign_in(client, username="my secret password")

    assert trail("act", "editor_name", "thing", "message") == [("sign_in_failed", "", "", "")]


def test_strangers_fill_no_trail(client, kim):
    for number in range(5):
        sign_in(client, username=f"nobody{number}", password="wrong")
    sign_in(client, password="wrong")

    named = trail("act", "editor_name")
    assert sorted(named) == [("sign_in_failed", ""), ("sign_in_failed", "kim")]


def test_whoever_goes_on_guessing_fills_no_table(client, kim):
    for _ in range(FROM_A_NETWORK + 10):
        sign_in(client, password="wrong")

    acts = [act for (act,) in trail("act")]
    assert acts == ["sign_in_failed"] * FROM_A_NETWORK + ["sign_in_refused"]
    assert FROM_A_NETWORK < AS_AN_EDITOR


def test_a_changed_password_is_in_it(desk, kim):
    new = "another long and good one"
    typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    desk.post("/admin/password_change/", typed | {"new_password2": "something else"})
    desk.post("/admin/password_change/", typed)

    assert trail("act") == [("password_changed",)]


def test_what_somebody_did_stays_when_the_account_goes(desk, kim):
    edition = make_edition()
    audit.record_of(None, kim, Act.SIGNED_IN)
    audit.record(None, "approve", edition)

    kim.delete()

    assert trail("editor", "editor_name") == [(None, "kim"), (None, "")]


def test_it_is_kept_for_two_years(db):
    now = timezone.now()
    for age in (KEPT + timedelta(hours=1), KEPT - timedelta(hours=1)):
        entry = audit.record(None, "approve")
        AuditEntry.objects.filter(pk=entry.pk).update(at=now - age)

    audit.forget_old(now)

    assert timedelta(days=2 * 365) == KEPT
    assert trail("at") == [(now - KEPT + timedelta(hours=1),)]
