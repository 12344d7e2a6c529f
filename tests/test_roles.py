"""Every page, button and bulk action of the desk, and which of the roles may use it: see
tests/desk_pages.py."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import html

from newsletter import roles
from newsletter.admin.verbs import VERBS
from newsletter.models import Channel, Edition
from tests.desk import admin_addresses
from tests.desk_pages import (
    APPROVE,
    EDIT,
    EDITOR,
    FORMS,
    LOOK,
    MODELS,
    OTHERS,
    ROLES,
    SUPERUSER,
    make_things,
    name_of,
    rows,
    url_of,
)
from tests.factories import make_member

REFUSED = {403, 404, 405}

VERB_ROLES = {
    "compose": EDIT,
    "votes": EDIT,
    "by_votes": EDIT,
    "testers": EDIT,
    "check": EDIT,
    "proof": EDIT,
    "hold": EDIT,
    "approve": APPROVE,
    "reopen": APPROVE,
    "resume": APPROVE,
    "cancel": APPROVE,
}


@pytest.fixture
def things(db, settings):
    """One of each model, and where an address leads to it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_things()


@pytest.fixture
def members(db):
    named = {role: make_member(role) for role in ROLES if role != SUPERUSER}
    chief = User.objects.create_superuser("chief")
    return named | {SUPERUSER: chief}


def ask(member, method, url, data=None):
    """The answer's status; whatever it did is undone."""
    client = Client()
    client.force_login(member)
    with transaction.atomic():
        answer = getattr(client, method)(url, data)
        transaction.set_rollback(True)
    return answer.status_code


def who_may(members, method, url, data=None):
    return {role for role in ROLES if ask(members[role], method, url, data) not in REFUSED}


def test_every_address_of_the_desk_has_its_row():
    found = set(admin_addresses())
    of_models = {name_of(model, form) for model in MODELS for form in FORMS}

    # the two without a name lead to a form, and nowhere
    assert found == of_models | set(OTHERS) | {"<path:object_id>/", "(?P<url>.*)$"}


@pytest.mark.parametrize(("name", "method", "expected"), list(rows()))
def test_each_address_answers_those_who_may_and_refuses_all_others(
    things, members, name, method, expected
):
    data = {"channel": things[Channel]} if name == "newsletter_edition_pace" else None

    assert who_may(members, method, url_of(name, things), data) == expected


def test_every_verb_has_its_row():
    assert set(VERBS) == set(VERB_ROLES)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_for_those_who_may_and_refused_to_all_others(things, members, verb):
    url = reverse("admin:newsletter_edition_do", args=[things[Edition], verb])

    assert who_may(members, "post", url, {"seen_version": 0}) == VERB_ROLES[verb]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_is_not_theirs_is_refused_before_the_form_is_saved(things, members, verb):
    url = reverse("admin:newsletter_edition_change", args=[things[Edition]])

    assert who_may(members, "post", url, {"_then": verb}) == VERB_ROLES[verb] & EDIT


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", ["draft", "approved", "on hold"])
def test_the_page_has_the_buttons_that_may_be_pressed_and_no_other(things, members, role, state):
    edition = Edition.objects.get(pk=things[Edition])
    if state == "on hold":
        edition.hold("A picture is wrong.")
    elif state == "approved":
        edition.move(Edition.State.APPROVED, come_from=[Edition.State.DRAFT])
    fits = {name for name, verb in VERBS.items() if verb.fits(edition)}
    client = Client()
    client.force_login(members[role])

    page = client.get(reverse("admin:newsletter_edition_change", args=[edition.pk]))

    may = {name for name in fits if role in VERB_ROLES[name]} - {"check"}  # pre-flight's own
    assert buttons(page) - {"add"} == (may if role in LOOK else set())


def buttons(page):
    tree = html.fromstring(page.content.decode())
    pressed = set(tree.xpath("//button[@name='_then']/@value"))
    return pressed | {
        url.rstrip("/").rpartition("/")[2] for url in tree.xpath("//button/@formaction")
    }


def test_every_bulk_action_has_its_row():
    found = {
        model: {name for _func, name, _words in page._get_base_actions()}
        for model, page in admin.site._registry.items()
        if page.actions is not None
    }

    assert found == {model: set(MODELS[model].actions) for model in found}
    assert not any(MODELS[model].actions for model in MODELS if model not in found)


@pytest.mark.parametrize(
    ("model", "action"),
    [(model, action) for model, pages in MODELS.items() for action in pages.actions],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_each_bulk_action_is_refused_to_all_others(things, members, model, action):
    url = url_of(name_of(model, "changelist"), things)
    data = {"action": action, "_selected_action": [things[model]]}

    assert who_may(members, "post", url, data) == MODELS[model].actions[action]


def led_elsewhere(client, things, but):
    """Addresses that answer with anything but the way to the door."""
    return [
        (name, method)
        for name, method, _ in rows()
        if name not in but and not is_led_to_the_door(client, method, url_of(name, things))
    ]


def is_led_to_the_door(client, method, url):
    answer = getattr(client, method)(url)
    doors = ["/admin/login/", "/admin/"]  # the second for whoever leaves without having come in
    return answer.status_code == 302 and answer.url.partition("?")[0] in doors


def test_a_stranger_is_led_to_the_door(things):
    assert led_elsewhere(Client(), things, but=["login"]) == []


def test_whoever_owes_a_code_is_led_to_the_door_whatever_they_may(things, members):
    TOTPDevice.objects.create(user=members[SUPERUSER], confirmed=True)
    client = Client()
    client.force_login(members[SUPERUSER])

    assert led_elsewhere(client, things, but=["login", "login_code"]) == []


def test_whoever_has_to_set_one_up_sees_nothing_else_before(things, members, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()
    client.force_login(members[SUPERUSER])
    open_to_them = ["login", "login_code", "second_factor", "second_factor_set_up"]

    assert led_elsewhere(client, things, but=open_to_them) == []


def test_the_margin_leads_only_where_a_role_may_look(things, members):
    for role in ROLES:
        client = Client()
        client.force_login(members[role])
        tree = html.fromstring(client.get("/admin/").content.decode())
        links = {url for url in tree.xpath("//nav//a/@href") if url.count("/") == 4}

        expected = {
            url_of(name_of(model, "changelist"), things)
            for model, pages in MODELS.items()
            if role in pages.look
        }
        assert links & {url_of(name_of(model, "changelist"), things) for model in MODELS} == (
            expected
        ), role


def test_a_group_that_was_changed_by_hand_is_left_as_it_is(db):
    Group.objects.get(name=EDITOR).permissions.set([])

    roles.make_roles(apps, {EDITOR: ["newsletter.change_edition"]})

    assert not Group.objects.get(name=EDITOR).permissions.exists()


def test_a_role_that_is_missing_is_made(db):
    Group.objects.filter(name=EDITOR).delete()

    roles.make_roles(apps, {EDITOR: ["newsletter.change_edition"]})

    may = Group.objects.get(name=EDITOR).permissions
    assert [each.codename for each in may.all()] == ["change_edition"]


def test_whoever_had_the_old_permission_gets_the_new_one_too(db):
    old = Permission.objects.get(codename="change_edition")
    new = Permission.objects.get(codename="approve_edition")
    kim, group = make_member(""), Group.objects.create(name="house")
    kim.user_permissions.add(old)
    group.permissions.add(old)

    for _ in range(2):
        roles.hand_on(apps, {"newsletter.change_edition": "newsletter.approve_edition"})

    assert set(kim.user_permissions.all()) == set(group.permissions.all()) == {old, new}


def test_a_role_is_called_by_its_name_in_the_desks_language(client, db):
    client.force_login(User.objects.create_superuser("chief"))

    page = client.get("/admin/auth/group/").content.decode()

    assert "발행인" in page and "publisher" not in page
