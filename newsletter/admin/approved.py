"""What editions print: to change it makes new versions of drafts, and takes an approval back,
which is asked first."""

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldBooleanWidget

from newsletter.admin.publisher import may_publish
from newsletter.approve import reopen_edition
from newsletter.models import WrongState
from newsletter.printing import approved_editions, make_new_versions

FIELD = "take_back"


class AsksFirst(ModelAdmin):
    """For the admin of what editions print. Who changes it ticks a box, which is there only where
    an approved edition prints it; nobody else changes it then."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        if concerned := self.concerned(request, obj):
            may = may_publish(request.user)
            kwargs["form"] = asking_form(self.form, concerned, may_take_back=may)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not self.concerned(request, obj):
            return fieldsets
        return [(_("An approved edition"), {"fields": [FIELD]}), *fieldsets]

    def save_model(self, request, obj, form, change):
        form.changed_data = [name for name in form.changed_data if name != FIELD]
        super().save_model(request, obj, form, change)
        if form.changed_data:
            make_new_versions(self.paper_of(request, obj))
            for edition in self.concerned(request, obj):
                self.reopen(request, edition)

    def reopen(self, request, edition):
        """In the transaction of the change; one that has just begun to leave stays as it is."""
        try:
            reopen_edition(edition)
        except WrongState as left:
            self.message_user(request, str(left), messages.WARNING)
            return
        said = _("%(edition)s is a draft again: approve it anew.") % {"edition": edition}
        self.message_user(request, said, messages.WARNING)

    def paper_of(self, request, obj):
        """The key of the paper that is changed; None while there is none."""
        raise NotImplementedError

    def concerned(self, request, obj):
        """The approved editions that print it and have not begun to leave; looked up once a
        request."""
        if not hasattr(request, "concerned"):
            paper = self.has_change_permission(request, obj) and self.paper_of(request, obj)
            request.concerned = approved_editions(paper) if paper else []
        return request.concerned


def asking_form(form, editions, *, may_take_back):
    """With a box to tick, which is closed to those who may not take an approval back."""
    names = ", ".join(str(edition) for edition in editions)
    missing = (
        _("Tick the box: an approved edition prints this.")
        if may_take_back
        else _("An approved edition prints this. Ask somebody who may approve to take that back.")
    )
    field = forms.BooleanField(
        label=_("Take back the approval of %(editions)s") % {"editions": names},
        widget=UnfoldBooleanWidget,
        disabled=not may_take_back,
        help_text=_(
            "It is approved as it is now. What you change here is in it once it is approved anew."
        ),
        error_messages={"required": missing},
    )
    return type("AskingForm", (form,), {FIELD: field})
