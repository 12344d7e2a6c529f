"""Pages of a list that may be a million rows long."""

from django.core.paginator import Paginator


class Pages(Paginator):
    """Finds the keys of a page first: what is skipped before it is not joined to anything."""

    def _get_page(self, rows, number, paginator):
        keys = list(rows.values_list("pk", flat=True))
        found = self.object_list.filter(pk__in=keys)  # type: ignore[attr-defined]  # a QuerySet
        # Django documents the hook, and the stubs do not.
        return super()._get_page(found, number, paginator)  # type: ignore[misc]
