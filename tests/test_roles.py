"""Every page, button and bulk action of the desk, and which of the roles may use it.

The tables below are the whole desk: what is added to it needs its row here first.
"""

from typing import NamedTuple

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import html

from newsletter import audit, models, roles
from newsletter.admin.verbs import VERBS
from newsletter.models import (
    AuditEntry,
    Callback,
    Change,
    Channel,
    Delivery,
    DeliveryEvent,
    Edition,
    Import,
    Newsletter,
    Subscription,
    Suppression,
)
from papers.models import Paper, Pull, Revision, Summary
from papers.revise import PARTS
from tests.desk import admin_addresses
from tests.factories import (
    make_channel,
    make_delivery,
    make_edition,
    make_leaving_edition,
    make_member,
    make_tester,
)

VIEWER, EDITOR, PUBLISHER, OPERATOR = "viewer", "editor", "publisher", "operator"
SUPERUSER, NOBODY = "superuser", ""  # an account with staff status, and in no group
ROLES = [VIEWER, EDITOR, PUBLISHER, OPERATOR, SUPERUSER, NOBODY]
ALL = set(ROLES)
NONE: set[str] = set()
CHIEF = {SUPERUSER}
LOOK = {VIEWER, EDITOR, PUBLISHER, OPERATOR, SUPERUSER}
LOOK_AT_READERS = {VIEWER, OPERATOR, SUPERUSER}
LOOK_AT_MAILS = {VIEWER, PUBLISHER, OPERATOR, SUPERUSER}
EDIT = {EDITOR, PUBLISHER, SUPERUSER}
APPROVE = {PUBLISHER, SUPERUSER}
OPERATE = {OPERATOR, SUPERUSER}
REFUSED = {403, 404, 405}


class Pages(NamedTuple):
    """Of a model: who may look at its rows, add, change, delete; and its bulk actions."""

    look: set[str]
    add: set[str] = NONE
    change: set[str] = NONE
    delete: set[str] = NONE
    actions: dict[str, set[str]] = {}


MODELS = {
    Edition: Pages(
        LOOK, change=EDIT, actions={"approve_selected": APPROVE, "delete_selected": NONE}
    ),
    Paper: Pages(LOOK, change=EDIT),
    Summary: Pages(LOOK, add=EDIT, change=EDIT),
    models.Tester: Pages(
        LOOK, add=EDIT, change=EDIT, delete=EDIT, actions={"delete_selected": EDIT}
    ),
    Pull: Pages(LOOK, actions={"delete_selected": NONE}),
    Newsletter: Pages(LOOK, add=OPERATE, change=OPERATE),
    Channel: Pages(
        LOOK, change=OPERATE, actions={"close_breaker": OPERATE, "delete_selected": NONE}
    ),
    Subscription: Pages(LOOK_AT_READERS, change=OPERATE),
    Import: Pages(LOOK_AT_READERS, add=OPERATE),
    Suppression: Pages(LOOK_AT_READERS, add=OPERATE, change=OPERATE),
    Callback: Pages(LOOK_AT_READERS),
    Delivery: Pages(
        LOOK_AT_MAILS,
        actions={
            "send_selected_again": OPERATE,
            "leave_selected": OPERATE,
            "delete_selected": NONE,
        },
    ),
    DeliveryEvent: Pages(LOOK_AT_MAILS),
    AuditEntry: Pages(LOOK_AT_MAILS),
    User: Pages({VIEWER, SUPERUSER}, add=CHIEF, change=CHIEF, delete=CHIEF),
    Group: Pages({VIEWER, SUPERUSER}, add=CHIEF, change=CHIEF, delete=CHIEF),
}

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

# The other addresses, by name: who gets an answer to a GET, and to a POST.
OTHERS = {
    "newsletter_edition_do": (NONE, APPROVE),  # of a verb: see above
    "newsletter_edition_curate": (NONE, EDIT),
    "newsletter_edition_add_paper": (NONE, EDIT),
    "newsletter_edition_undo": (NONE, EDIT),
    "newsletter_edition_preflight": (LOOK, LOOK),
    "newsletter_edition_override": (NONE, APPROVE),
    "newsletter_edition_previewed": (LOOK, LOOK),
    "newsletter_edition_preview": (LOOK, LOOK),
    "newsletter_edition_preview_text": (LOOK, LOOK),
    "newsletter_edition_preview_inbox": (LOOK, LOOK),
    "newsletter_edition_preview_weight": (LOOK, LOOK),
    "papers_summary_undo": (NONE, EDIT),
    "newsletter_edition_progress": (LOOK, LOOK),
    "newsletter_edition_report": (LOOK, LOOK),
    "newsletter_edition_report_csv": (LOOK, LOOK),
    "newsletter_edition_report_json": (LOOK, LOOK),
    "newsletter_edition_pace": (NONE, APPROVE),
    "newsletter_edition_without": (APPROVE, APPROVE),
    "newsletter_edition_correct": (NONE, APPROVE),
    "newsletter_edition_links": (LOOK, APPROVE),
    "newsletter_import_do": (NONE, OPERATE),
    "newsletter_import_rejected": (LOOK_AT_READERS, LOOK_AT_READERS),
    "newsletter_subscription_export": (OPERATE, OPERATE),
    "auth_user_password_change": (CHIEF, CHIEF),
    "auth_user_second_factor": (CHIEF, CHIEF),
    "index": (ALL, ALL),
    "app_list": (LOOK, LOOK),
    "search": (ALL, ALL),
    "autocomplete": (LOOK, NONE),
    "jsi18n": (ALL, NONE),
    "view_on_site": (NONE, NONE),  # no model has such a page
    "login": (ALL, ALL),
    "login_code": (ALL, ALL),
    "logout": (NONE, ALL),
    "password_change": (ALL, ALL),
    "password_change_done": (ALL, NONE),
    "second_factor": (ALL, ALL),
    "second_factor_set_up": (ALL, ALL),
}
OF_AN_EDITION = [name for name in OTHERS if name.startswith("newsletter_edition_")]
FORMS = ("changelist", "add", "change", "delete", "history")


def name_of(model, form):
    return f"{model._meta.app_label}_{model._meta.model_name}_{form}"


def rows():
    """Each address and method, with the roles that get an answer."""
    for model, pages in MODELS.items():
        by_form = {
            "changelist": (pages.look, pages.look),
            "add": (pages.add, pages.add),
            "change": (pages.look, pages.change),
            "delete": (pages.delete, pages.delete),
            "history": (pages.look, pages.look),
        }
        for form, (get, post) in by_form.items():
            yield name_of(model, form), "get", get
            yield name_of(model, form), "post", post
    for name, (get, post) in OTHERS.items():
        yield name, "get", get
        yield name, "post", post


@pytest.fixture
def things(db, alice, settings):
    """One of each model, and where an address leads to it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    now = timezone.now()
    edition = make_leaving_edition()
    web = "https://example.org/"
    edition.links.create(key="key", url=web, target=web)
    delivery = make_delivery(edition, alice, state="in_doubt")
    paper = edition.entries.get().paper
    event = {"kind": "bounced", "happened_at": now, "received_at": now, "event_id": "1"}
    draft = make_edition(date=timezone.localdate())
    change = {"version": 1, "kind": "note", "before": "", "after": "", "paper": paper}
    words = dict.fromkeys(PARTS, "")
    rows = [
        draft,
        paper,
        paper.summaries.first(),
        Pull.objects.create(source="huggingface", date="2024-07-03", attempted_at=now),
        edition.newsletter,
        make_channel(),
        alice,
        Import.objects.create(newsletter=edition.newsletter, state="checked", row_count=1),
        Suppression.objects.create(address_key="0" * 64, reason="bounced"),
        Callback.objects.create(provider="mailgun", received_at=now, problem="?", body=b""),
        delivery,
        DeliveryEvent.objects.create(delivery=delivery, edition=edition, **event),
        make_member("", "somebody"),
        Group.objects.get(name=EDITOR),
        audit.record(None, "approve", edition),
        make_tester(edition.newsletter, "tess@paperboy.example"),
        Change.objects.create(edition=draft, **change),
        paper.summaries.first().revisions.create(before=words, after=words),
    ]
    return {type(row): row.pk for row in rows}


@pytest.fixture
def members(db):
    named = {role: make_member(role) for role in ROLES if role != SUPERUSER}
    chief = User.objects.create_superuser("chief")
    return named | {SUPERUSER: chief}


def url_of(name, things):
    """An address with something at its end."""
    for model, key in things.items():
        for form in FORMS:
            if name == name_of(model, form):
                args = [] if form in ("changelist", "add") else [key]
                return reverse(f"admin:{name}", args=args)
    edition, person = things[Edition], things[User]
    leaving = Delivery.objects.get(pk=things[Delivery]).edition_id
    args = {name: [leaving] for name in OF_AN_EDITION} | {
        "newsletter_edition_do": [edition, "approve"],
        "newsletter_edition_curate": [edition],
        "newsletter_edition_add_paper": [edition],
        "newsletter_edition_undo": [edition, things[Change]],
        "newsletter_edition_preflight": [edition],
        "newsletter_edition_override": [edition],
        "newsletter_edition_previewed": [edition],
        "newsletter_edition_preview": [edition, "ko"],
        "newsletter_edition_preview_text": [edition, "ko"],
        "newsletter_edition_preview_inbox": [edition, "ko"],
        "newsletter_edition_preview_weight": [edition, "ko"],
        "papers_summary_undo": [things[Summary], things[Revision]],
        "newsletter_import_do": [things[Import], "approve"],
        "newsletter_import_rejected": [things[Import]],
        "auth_user_password_change": [person],
        "auth_user_second_factor": [person],
        "app_list": ["newsletter"],
        "view_on_site": [ContentType.objects.get_for_model(Edition).pk, edition],
    }
    query = "?app_label=newsletter&model_name=entry&field_name=paper&term=a"
    url = reverse(f"admin:{name}", args=args.get(name, []))
    return url + (query if name == "autocomplete" else "")


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
    ("model", "action", "expected"),
    [
        (model, action, expected)
        for model, pages in MODELS.items()
        for action, expected in pages.actions.items()
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value),
)
def test_each_bulk_action_is_refused_to_all_others(things, members, model, action, expected):
    url = url_of(name_of(model, "changelist"), things)
    data = {"action": action, "_selected_action": [things[model]]}

    assert who_may(members, "post", url, data) == expected


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
