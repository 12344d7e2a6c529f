"""What takes a publisher: orders that change what has left, or how fast, or to whom."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied

from newsletter.admin.verbs import APPROVE


def may_publish(user: User | AnonymousUser) -> bool:
    return user.has_perm(APPROVE)


def require_publisher(user: User | AnonymousUser) -> None:
    """Raises PermissionDenied."""
    if not may_publish(user):
        raise PermissionDenied
