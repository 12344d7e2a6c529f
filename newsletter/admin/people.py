"""Editors and what they may do, in the desk's dress, and the device that one of them has lost."""

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from newsletter import audit, roles, second_factor
from newsletter.audit import Act

admin.site.unregister([User, Group])
admin.site.unregister([StaticDevice, TOTPDevice])  # their pages show the keys

FOR_SUPERUSERS = ("is_superuser", "user_permissions")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """Whoever may change editors gives them roles, passwords and a new start with the second
    factor. A superuser is changed and made by superusers alone."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "role_names", "is_protected", "last_login", "is_active"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    actions = None

    def get_urls(self):
        at = "<int:object_id>/second-factor/"
        view = self.admin_site.admin_view(self.reset_view)
        return [path(at, view, name="auth_user_second_factor"), *super().get_urls()]

    def get_queryset(self, request):
        devices = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        rows = super().get_queryset(request).prefetch_related("groups")
        return rows.annotate(has_device=Exists(devices))

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and may_touch(request, obj)

    def get_readonly_fields(self, request, obj=None):
        own = () if request.user.is_superuser else FOR_SUPERUSERS
        return [*super().get_readonly_fields(request, obj), self.device_field(request, obj), *own]

    def get_fieldsets(self, request, obj=None):
        """The second factor stands beside the password."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        (title, first), *others = fieldsets
        device = self.device_field(request, obj)
        return [(title, first | {"fields": [*first["fields"], device]}), *others]

    def device_field(self, request, obj):
        """With a button for those who may press it."""
        return "device" if self.has_change_permission(request, obj) else "is_protected"

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.name == "groups":
            # Django asks the field for each choice's name by this method.
            field.label_from_instance = roles.name_of  # type: ignore[method-assign, assignment]
        return field

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, editor):
        return ", ".join(roles.name_of(group) for group in editor.groups.all()) or "–"

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def is_protected(self, editor):
        return editor.has_device

    @admin.display(description=gettext_lazy("second factor"))
    def device(self, editor):
        if not editor.has_device:
            return _("It is off.")
        url = reverse("admin:auth_user_second_factor", args=[editor.pk])
        return format_html('{} <a class="bt" href="{}">{}</a>', _("It is on."), url, _("Reset it"))

    def reset_view(self, request, object_id):
        """Asked first: from then on the password alone lets them in."""
        editor = self.get_object(request, str(object_id))
        if editor is None:
            raise Http404
        if not self.has_change_permission(request, editor):
            raise PermissionDenied
        if editor == request.user:  # their own needs a code of it
            return redirect("admin:second_factor")
        if request.method == "POST":
            if second_factor.remove(editor):
                audit.record(request, Act.FACTOR_RESET, editor)
            messages.success(request, _("The second factor is reset: the password alone counts."))
            return redirect("admin:auth_user_change", editor.pk)
        context = self.admin_site.each_context(request)
        context |= {"title": _("Reset the second factor"), "opts": self.opts, "original": editor}
        return TemplateResponse(request, "admin/second_factor/reset.html", context)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    list_display = ["role"]
    actions = None

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def role(self, group):
        return roles.name_of(group)


def may_touch(request, editor):
    """Whoever could change a superuser would be one."""
    return editor is None or request.user.is_superuser or not editor.is_superuser
