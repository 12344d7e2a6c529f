"""What stands in the desk's margin. UNFOLD in the settings names these functions."""

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from newsletter.models import (
    AuditEntry,
    Callback,
    Channel,
    Delivery,
    DeliveryEvent,
    Edition,
    Erratum,
    Import,
    Newsletter,
    Subscription,
    Suppression,
    Tester,
)
from papers.models import Paper, Pull, Receipt, Summary

Item = dict[str, str]
Section = dict[str, str | list[Item]]


def groups(request: HttpRequest) -> list[Section]:
    """The sidebar: three groups, of each what this editor may see."""
    everything = [
        (
            _("The paper"),
            [
                (_("Editions"), Edition),
                (_("Errata"), Erratum),
                (_("Papers"), Paper),
                (_("Summaries"), Summary),
                (_("Receipts"), Receipt),
                (_("Pulls"), Pull),
            ],
        ),
        (
            _("Readers"),
            [
                (_("Subscriptions"), Subscription),
                (_("Imports"), Import),
                (_("Deliveries"), Delivery),
                (_("What came back"), DeliveryEvent),
                (_("Suppressions"), Suppression),
            ],
        ),
        (
            _("The house"),
            [
                (_("Newsletters"), Newsletter),
                (_("Testers"), Tester),
                (_("Channels"), Channel),
                (_("Unread calls"), Callback),
                (_("Editors"), User),
                (_("Permissions"), Group),
                (_("Audit trail"), AuditEntry),
            ],
        ),
    ]
    return [
        {"title": title, "items": [item(*row) for row in rows if may_see(request, row[1])]}
        for title, rows in everything
    ]


def account(request: HttpRequest) -> list[Item]:
    """What stands in the menu under an editor's name."""
    return [
        {"title": _("Change password"), "link": reverse("admin:password_change")},
        {"title": _("Second factor"), "link": reverse("admin:second_factor")},
    ]


def stylesheet(request: HttpRequest) -> str:
    return static("newsletter/desk.css")


def item(title: str, model: type[Model]) -> Item:
    meta = model._meta
    return {
        "title": title,
        "link": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
    }


def may_see(request: HttpRequest, model: type[Model]) -> bool:
    """As the model's own pages say."""
    return admin.site.get_model_admin(model).has_view_permission(request)
