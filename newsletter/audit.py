"""Audit: what is written into the trail, and for how long it stays there."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from newsletter.models import AuditEntry
from newsletter.network import network_key

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

KEPT = timedelta(days=730)

Act = AuditEntry.Act


def record(
    request: HttpRequest | None,
    act: str,
    thing: Model | None = None,
    *,
    message: str | list[object] = "",
    reason: str = "",
) -> AuditEntry:
    """One act of whoever is signed in; without a request, of the command line."""
    return write(request, request.user if request else None, act, thing, message, reason)


def record_of(request: HttpRequest | None, editor: AbstractBaseUser | None, act: str) -> AuditEntry:
    """One act of an editor at the door, where nobody is signed in yet, or any more."""
    return write(request, editor, act)


def write(
    request: HttpRequest | None,
    editor: AbstractBaseUser | AnonymousUser | None,
    act: str,
    thing: Model | None = None,
    message: str | list[object] = "",
    reason: str = "",
) -> AuditEntry:
    known = editor if editor is not None and editor.is_authenticated else None
    return AuditEntry.objects.create(
        at=timezone.now(),
        editor_id=known.pk if known else None,
        editor_name=known.get_username() if known else "",
        act=act,
        content_type=kind_of(thing),
        object_id=str(thing.pk) if thing is not None and thing.pk else "",
        thing=str(thing)[:200] if thing is not None else "",
        message=message if isinstance(message, str) else json.dumps(message),
        reason=reason,
        network=network_key(request) if request else "",
    )


def kind_of(thing: Model | None) -> ContentType | None:
    if thing is None:
        return None
    return ContentType.objects.get_for_model(thing, for_concrete_model=False)


def forget_old(now: datetime) -> None:
    """Remove what is older than two years."""
    AuditEntry.objects.filter(at__lt=now - KEPT).delete()
