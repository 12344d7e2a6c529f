"""The audit trail, to look at: by person, by thing, by kind of act."""

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from newsletter.models import AuditEntry
from papers.look_only import LookOnly


class PersonFilter(admin.SimpleListFilter):
    """Accounts there are; of one that is gone, the name can be searched for."""

    title = gettext_lazy("who")
    parameter_name = "editor"

    def lookups(self, request, model_admin):
        editors = User.objects.filter(is_staff=True).order_by("username")
        return list(editors.values_list("pk", "username"))

    def queryset(self, request, queryset):
        wanted = self.value() or ""
        return queryset.filter(editor_id=int(wanted)) if wanted.isdecimal() else queryset


class ActFilter(admin.SimpleListFilter):
    title = gettext_lazy("what")
    parameter_name = "what"

    def lookups(self, request, model_admin):
        return [
            ("failed", gettext_lazy("attempts that failed")),
            ("signing_in", gettext_lazy("who came and went")),
            ("done", gettext_lazy("what was done at the desk")),
        ]

    def queryset(self, request, queryset):
        at_the_door = [*AuditEntry.FAILED, *AuditEntry.SIGNING_IN]
        chosen = {
            "failed": queryset.filter(act__in=AuditEntry.FAILED),
            "signing_in": queryset.filter(act__in=AuditEntry.SIGNING_IN),
            "done": queryset.exclude(act__in=at_the_door),
        }
        return chosen.get(self.value() or "", queryset)


class ThingFilter(admin.SimpleListFilter):
    """A kind of thing, such as `newsletter.edition`, or one of them: `newsletter.edition/7`."""

    title = gettext_lazy("to what")
    parameter_name = "thing"

    def lookups(self, request, model_admin):
        """Each kind that has pages; and the one thing that its history led here from."""
        models = model_admin.admin_site._registry
        kinds = [(model._meta.label_lower, model._meta.verbose_name) for model in models]
        chosen = request.GET.get(self.parameter_name, "")
        one = AuditEntry.objects.filter(**about(chosen)).first() if "/" in chosen else None
        return [*([(chosen, one.thing)] if one else []), *kinds]

    def queryset(self, request, queryset):
        return queryset.filter(**about(self.value())) if self.value() else queryset


def about(wanted):
    """The columns of a thing, as ThingFilter writes it. Nothing has the columns of nonsense."""
    kind, _slash, key = wanted.partition("/")
    app, _dot, model = kind.partition(".")
    found = ContentType.objects.filter(app_label=app, model=model).first()
    columns = {"content_type_id": found.pk if found else 0}
    return columns | ({"object_id": key} if key else {})


@admin.register(AuditEntry)
class AuditEntryAdmin(LookOnly, ModelAdmin):
    """The newest first, and nothing counted: there may be a million."""

    list_display = ["at", "who", "what", "to_what", "from_where"]
    list_filter = [PersonFilter, ActFilter, ThingFilter]
    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    sortable_by = ()
    ordering = ["-pk"]
    actions = None
    search_fields = ["editor_name"]
    search_help_text = gettext_lazy("Search by the whole name of an account")
    fields = ["at", "who", "what", "to_what", "reason", "network"]
    readonly_fields = ["who", "what", "to_what"]

    def get_search_results(self, request, queryset, search_term):
        """By an index."""
        return queryset.filter(editor_name=search_term) if search_term else queryset, False

    @admin.display(description=gettext_lazy("who"))
    def who(self, entry):
        return entry.editor_name or "–"

    @admin.display(description=gettext_lazy("what"))
    def what(self, entry):
        return format_html('{}<span class="below">{}</span>', entry.words, entry.reason)

    @admin.display(description=gettext_lazy("to what"))
    def to_what(self, entry):
        """With all that was done to it behind it."""
        if not (entry.content_type_id and entry.object_id):
            return entry.thing or "–"
        kind = ContentType.objects.get_for_id(entry.content_type_id)  # kept in memory
        return format_html(
            '<a class="all" href="{}?thing={}.{}/{}">{}</a>',
            reverse("admin:newsletter_auditentry_changelist"),
            *(kind.app_label, kind.model, entry.object_id, entry.thing),
        )

    @admin.display(description=gettext_lazy("network"))
    def from_where(self, entry):
        return entry.network[:8] or "–"
