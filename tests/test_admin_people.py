"""Editors at the desk: roles, and a device that was lost."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsletter.models import AuditEntry
from tests.desk import filled_form
from tests.factories import make_member
from tests.second_factor import make_device

USERS = "/en/admin/auth/user/"


@pytest.fixture
def chief(db):
    return User.objects.create_superuser("chief")


@pytest.fixture
def lee(db):
    return make_member("editor", "lee")


@pytest.fixture
def head(db):
    """May change editors, and is no superuser."""
    head = make_member("publisher", "head")
    head.user_permissions.add(*Permission.objects.filter(codename__endswith="_user"))
    return head


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


@pytest.fixture
def heads_desk(client, head):
    client.force_login(head)
    return client


def page(client, user):
    return client.get(f"{USERS}{user.pk}/change/").content.decode()


def save(client, user, **changes):
    url = f"{USERS}{user.pk}/change/"
    return client.post(url, filled_form(client, url, "user_form") | changes)


def reset(client, user):
    return client.post(f"{USERS}{user.pk}/second-factor/")


def test_the_list_says_who_has_which_role_and_a_second_factor(desk, lee):
    make_device(lee)

    shown = desk.get(USERS).context["cl"].result_list

    assert {user.username: user.has_device for user in shown} == {"chief": False, "lee": True}
    assert "editor" in desk.get(USERS).content.decode()
    assert "편집자" in desk.get("/admin/auth/user/").content.decode()


def test_whoever_may_change_editors_gives_them_roles(heads_desk, lee):
    publisher = Group.objects.get(name="publisher")

    save(heads_desk, lee, groups=str(publisher.pk))

    assert list(lee.groups.all()) == [publisher]


def test_but_makes_nobody_a_superuser_and_gives_no_single_permission(heads_desk, lee):
    permission = Permission.objects.first()

    answer = save(heads_desk, lee, is_superuser="on", user_permissions=str(permission.pk))

    lee.refresh_from_db()
    assert answer.status_code == 302
    assert (lee.is_superuser, lee.user_permissions.count()) == (False, 0)


def test_a_superuser_is_changed_by_superusers_alone(heads_desk, chief):
    make_device(chief)
    paths = ["change/", "password/", "delete/", "second-factor/"]

    answers = [heads_desk.post(f"{USERS}{chief.pk}/{path}").status_code for path in paths]

    assert answers == [403, 403, 403, 403]
    assert TOTPDevice.objects.exists()


def test_a_lost_device_is_reset_after_a_question(heads_desk, lee):
    make_device(lee)

    offered = page(heads_desk, lee)
    question = heads_desk.get(f"{USERS}{lee.pk}/second-factor/").content.decode()
    before = TOTPDevice.objects.exists()
    reset(heads_desk, lee)
    reset(heads_desk, lee)

    assert f"{USERS}{lee.pk}/second-factor/" in offered
    assert "Make sure that it is them who ask" in question
    assert (before, TOTPDevice.objects.exists()) == (True, False)
    (noted,) = AuditEntry.objects.all()
    assert (noted.editor_name, noted.act, noted.thing) == ("head", "factor_reset", "lee")


def test_nobody_resets_their_own_this_way(client, head):
    device = make_device(head)
    client.force_login(head)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()

    answer = reset(client, head)

    assert answer.url == "/en/admin/second-factor/"
    assert TOTPDevice.objects.exists()


def test_whoever_may_only_look_sees_no_button(client, lee):
    make_device(lee)
    client.force_login(make_member("viewer"))

    assert "second-factor/" not in page(client, lee).replace('href="/en/admin/second-factor/"', "")
    assert reset(client, lee).status_code == 403


def test_the_keys_of_devices_stand_on_no_page(desk, lee):
    device = make_device(lee)

    assert desk.get("/en/admin/otp_totp/totpdevice/").status_code == 404
    assert desk.get("/en/admin/otp_static/staticdevice/").status_code == 404
    assert device.key not in page(desk, lee)
