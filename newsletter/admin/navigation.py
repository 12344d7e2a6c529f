"""What stands in the desk's margin. UNFOLD in the settings names these functions."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from newsletter.models import Edition

Item = dict[str, str]
Group = dict[str, str | list[Item]]


def groups(request: HttpRequest) -> list[Group]:
    """The sidebar: three groups, of each what this editor may see."""
    everything = [
        (
            _("The paper"),
            [
                (_("Editions"), "newsletter", "edition"),
                (_("Papers"), "papers", "paper"),
                (_("Summaries"), "papers", "summary"),
                (_("Pulls"), "papers", "pull"),
            ],
        ),
        (
            _("Readers"),
            [
                (_("Subscriptions"), "newsletter", "subscription"),
                (_("Imports"), "newsletter", "import"),
                (_("Deliveries"), "newsletter", "delivery"),
                (_("What came back"), "newsletter", "deliveryevent"),
                (_("Suppressions"), "newsletter", "suppression"),
            ],
        ),
        (
            _("The house"),
            [
                (_("Newsletters"), "newsletter", "newsletter"),
                (_("Channels"), "newsletter", "channel"),
                (_("Unread calls"), "newsletter", "callback"),
                (_("Editors"), "auth", "user"),
                (_("Permissions"), "auth", "group"),
            ],
        ),
    ]
    return [
        {"title": title, "items": [item(*row) for row in rows if may_see(request, *row[1:])]}
        for title, rows in everything
    ]


def front_page(request: HttpRequest, context: dict[str, object]) -> dict[str, object]:
    """What the desk opens with: the newest editions, and what became of them."""
    if may_see(request, "newsletter", "edition"):
        context["editions"] = Edition.objects.select_related("newsletter").with_headlines()[:7]
    return context


def stylesheet(request: HttpRequest) -> str:
    return static("newsletter/desk.css")


def item(title: str, app: str, model: str) -> Item:
    return {"title": title, "link": reverse(f"admin:{app}_{model}_changelist")}


def may_see(request: HttpRequest, app: str, model: str) -> bool:
    verbs = ("view", "change")
    return any(request.user.has_perm(f"{app}.{verb}_{model}") for verb in verbs)
