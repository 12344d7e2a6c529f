"""The whole desk: every page and bulk action of it, and which of the roles may use it.

What is added to the desk needs its row here first.
"""

from typing import NamedTuple

from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from newsletter import audit, models
from newsletter.models import (
    AuditEntry,
    Callback,
    Change,
    Channel,
    Delivery,
    DeliveryEvent,
    Edition,
    Erratum,
    Import,
    Newsletter,
    Subscription,
    Suppression,
)
from papers.models import Paper, Pull, Receipt, Revision, Summary
from papers.revise import PARTS
from tests.factories import (
    make_channel,
    make_delivery,
    make_edition,
    make_leaving_edition,
    make_member,
    make_subscription,
    make_tester,
)
from tests.mending import make_receipt

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
    Erratum: Pages(LOOK),
    Paper: Pages(LOOK, change=EDIT),
    Summary: Pages(LOOK, add=EDIT, change=EDIT),
    Receipt: Pages(LOOK),
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
    "papers_summary_put": (NONE, EDIT),
    "papers_summary_excerpt": (NONE, EDIT),
    "papers_summary_again": (LOOK, EDIT),
    "newsletter_edition_progress": (LOOK, LOOK),
    "newsletter_edition_report": (LOOK, LOOK),
    "newsletter_edition_report_csv": (LOOK, LOOK),
    "newsletter_edition_report_json": (LOOK, LOOK),
    "newsletter_edition_pace": (NONE, APPROVE),
    "newsletter_edition_without": (APPROVE, APPROVE),
    "newsletter_edition_correct": (NONE, APPROVE),
    "newsletter_edition_links": (LOOK, APPROVE),
    "newsletter_erratum_correct": (NONE, APPROVE),
    "newsletter_erratum_settle": (NONE, APPROVE),
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


def make_things():
    """One of each model, by its class; the key of each."""
    alice = make_subscription("alice@example.org", language="ko")
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
        Erratum.objects.create(edition=edition, paper=paper, kind="withdrawn", found_at=now),
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
        make_receipt(paper, paper.readings.create(kind="abstract", text="A map.", sha256="0" * 64)),
    ]
    return {type(row): row.pk for row in rows}


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
        "papers_summary_put": [things[Summary]],
        "papers_summary_excerpt": [things[Summary]],
        "papers_summary_again": [things[Summary]],
        "newsletter_erratum_correct": [things[Erratum]],
        "newsletter_erratum_settle": [things[Erratum]],
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
