"""Roles: groups with names that the desk knows. What each may do stands in its permissions, and is
the house's to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

BACKEND = "django.contrib.auth.backends.ModelBackend"
NAMES = {
    "editor": _("editor"),
    "publisher": _("publisher"),
    "operator": _("operator"),
    "viewer": _("viewer"),
}


def name_of(group: Group) -> str:
    """In the desk's language; a group of the house's own is called what it is called."""
    return str(NAMES.get(group.name, group.name))


def staff_who(may: str) -> QuerySet[User]:
    """Those at the desk who hold a permission, `app.codename`: their own, a role's, or as
    superusers."""
    return User.objects.with_perm(may, backend=BACKEND).filter(is_staff=True)


def make_roles(apps: Apps, roles: Mapping[str, Iterable[str]]) -> None:
    """For migrations: groups with these permissions, each `app.codename`. A group that is there
    already is left as somebody made it. May be repeated."""
    make_permissions(apps)
    for name, wanted in roles.items():
        group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(found(apps, wanted))


def hand_on(apps: Apps, heirs: Mapping[str, str]) -> None:
    """For migrations: whoever has the one permission gets the other, too."""
    make_permissions(apps)
    for old, new in heirs.items():
        (before,), (heir,) = found(apps, [old]), found(apps, [new])
        for holder in (*before.group_set.all(), *before.user_set.all()):
            of_holder = getattr(holder, "permissions", None) or holder.user_permissions
            of_holder.add(heir)


def make_permissions(apps: Apps) -> None:
    """Django makes them when all migrations are over, which is too late for a migration."""
    for label in ("auth", "newsletter", "papers"):
        app: Any = apps.get_app_config(label)
        kept = getattr(app, "models_module", None)
        app.models_module = True  # a migration's apps have none, and would be passed over
        create_permissions(app, verbosity=0, apps=apps)
        app.models_module = kept


def found(apps: Apps, codes: Iterable[str]) -> list[Any]:
    """Raises DoesNotExist where one is misspelt."""
    permissions = apps.get_model("auth", "Permission").objects
    pairs = [code.split(".") for code in codes]
    return [
        permissions.get(content_type__app_label=app, codename=codename) for app, codename in pairs
    ]
