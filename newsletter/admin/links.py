"""The links in an edition's mails, where they lead through this site: one can be mended."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from newsletter import audit
from newsletter.admin.publisher import may_publish, require_publisher
from newsletter.models import Link, WrongState
from newsletter.redirects import mend
from newsletter.render.clean import web_url


class MendForm(forms.Form):
    """Where a link shall lead, why, and where it led when the editor looked."""

    link = forms.ModelChoiceField(Link.objects.all(), widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    target = forms.CharField(
        label=gettext_lazy("leads to"),
        max_length=900,
        widget=forms.URLInput({"class": "line"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why, for the record"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "line"}),
    )

    def clean_target(self):
        url = web_url(self.cleaned_data["target"])
        if not url:
            raise forms.ValidationError(_("Write a whole address, beginning with https://."))
        return url


def mend_form(link=None, data=None):
    number = link.pk if link else "sent"
    initial = {"link": link.pk, "seen": link.target, "target": link.target} if link else None
    return MendForm(data, initial=initial, auto_id=f"link_{number}_%s")


class LinksAdmin(ModelAdmin):
    """For the admin of editions."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.links)
        return [
            path("<int:object_id>/links/", view, name="newsletter_edition_links"),
            *super().get_urls(),
        ]

    def links(self, request, object_id):
        """Each with where it leads and has led, and a form for those who may."""
        edition = self.found(request, object_id)
        links = edition.links.prefetch_related("changes")
        if not links:
            raise Http404
        wrong = None
        if request.method == "POST":
            require_publisher(request.user)
            wrong = mend_form(data=request.POST)
            wrong.fields["link"].queryset = edition.links.all()
            if wrong.is_valid():
                self.mend(request, edition, wrong.cleaned_data)
                return redirect(reverse("admin:newsletter_edition_links", args=[edition.pk]))
        chosen = request.POST.get("link")
        context = self.admin_site.each_context(request) | {
            "title": _("Links in its mails"),
            "opts": self.opts,
            "original": edition,
            "may_mend": may_publish(request.user),
            "links": [
                (link, wrong if wrong and chosen == str(link.pk) else mend_form(link))
                for link in links
            ],
        }
        return TemplateResponse(request, "admin/newsletter/edition/links.html", context)

    def mend(self, request, edition, wish):
        link = wish["link"]
        try:
            mend(
                link,
                wish["target"],
                seen=wish["seen"],
                by=request.user.get_username(),
                reason=wish["reason"],
            )
        except WrongState:
            said = _("This link leads elsewhere by now, or there already. Please look again.")
            self.message_user(request, said, messages.ERROR)
            return
        said = f"{wish['seen']} leads to {link.target}"  # addresses, in any language
        audit.record(request, "mend", edition, message=said, reason=wish["reason"])
        self.message_user(request, _("The link leads there from now on."), messages.SUCCESS)
