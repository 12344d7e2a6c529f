"""Addresses that must not be mailed: who is added by hand, and who is let off, with a reason."""

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from newsletter import clock
from newsletter.address import typed_key
from newsletter.models import Suppression
from newsletter.track.suppress import lift, suppress


class AddForm(forms.ModelForm):
    """An address is typed, and its key is kept."""

    address = forms.CharField(
        label=gettext_lazy("address"),
        widget=UnfoldAdminEmailInputWidget,
        help_text=gettext_lazy("No mail goes to it any more. Only a key is kept, not the address."),
    )

    def clean_address(self):
        key = typed_key(self.cleaned_data["address"])
        lasting = [Suppression.Reason.COMPLAINED, Suppression.Reason.MANUAL]
        if Suppression.objects.holding().filter(address_key=key, reason__in=lasting).exists():
            raise forms.ValidationError(_("This address is suppressed already."))
        self.instance.address_key = key
        return self.cleaned_data["address"]


class LiftForm(forms.ModelForm):
    end_reason = forms.CharField(
        label=gettext_lazy("why it is lifted"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy(
            "Mail may go to the address again from then on. Who lifted it, when and why is kept."
        ),
    )


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    list_display = ["short_key", "reason", "created_at", "ends_at", "end_reason"]
    list_filter = ["reason", ("ends_at", admin.EmptyFieldListFilter)]
    ordering = ["-pk"]
    actions = None
    show_full_result_count = False
    search_fields = ["address_key"]
    search_help_text = gettext_lazy("Search by a whole address")
    reason_field = "end_reason"  # in the audit trail

    def get_fields(self, request, obj=None):
        facts = ["address_key", "reason", "created_at", "ends_at", "end_reason"]
        return facts if obj else ["address"]

    def get_readonly_fields(self, request, obj=None):
        return ["address_key", "reason", "created_at", "ends_at"] if obj else []

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs | {"form": LiftForm if obj else AddForm})

    def get_search_results(self, request, queryset, search_term):
        if "@" not in search_term:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(address_key=typed_key(search_term)), False

    def has_change_permission(self, request, obj=None):
        """To change one is to lift it. A complaint is the reader's to take back, by confirming
        anew."""
        may_lift = request.user.has_perm("newsletter.lift_suppression")
        return may_lift and (obj is None or obj.can_be_lifted)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            now = clock.now()
            row = suppress(obj.address_key, Suppression.Reason.MANUAL, now, now)
            obj.pk, obj.reason = row.pk, row.reason
        elif not lift(obj, form.cleaned_data["end_reason"]):
            self.message_user(request, _("It does not hold any more."), messages.WARNING)

    def construct_change_message(self, request, form, formsets, add=False):
        changed = super().construct_change_message(request, form, formsets, add)
        return changed if add else gettext_noop("Lifted")

    @admin.display(description=gettext_lazy("address key"))
    def short_key(self, suppression):
        return f"{suppression.address_key[:12]}…"
