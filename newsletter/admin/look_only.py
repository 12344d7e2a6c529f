"""What nobody writes by hand."""


class LookOnly:
    """For a ModelAdmin: its rows can be looked at, by who may look, and that is all."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
