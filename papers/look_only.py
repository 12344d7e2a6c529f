"""What nobody writes by hand."""

from django.http import HttpRequest


class LookOnly:
    """For a ModelAdmin, or an inline: who may look at its rows can do so, and that is all."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
