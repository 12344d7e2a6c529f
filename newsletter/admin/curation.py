"""The desk's cards, saved one change at a time: what a script posts, and what it is told."""

from __future__ import annotations

from django import forms
from django.http import JsonResponse
from django.template.loader import render_to_string

from newsletter import tasks
from newsletter.admin.cards import stands_elsewhere, state_of
from newsletter.admin.conflicts import of_change
from newsletter.admin.desk import why_locked
from newsletter.admin.entries import LONGEST_HEADLINE
from newsletter.curate import OPEN, Curation, curating
from newsletter.models import Edition, Overtaken, WrongState
from newsletter.undo import undo

ACTS = ["move", "hide", "restore", "note", "headline", "pin", "undo"]
MAY_BRING_LINKS = ("restore", "note", "undo")


class ChangeForm(forms.Form):
    """One change. Which of the fields it needs depends on the act."""

    seen_version = forms.IntegerField()
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    entry = forms.IntegerField(required=False)
    number = forms.IntegerField(required=False, min_value=1, max_value=99)
    language = forms.CharField(required=False)
    text = forms.CharField(required=False, max_length=10_000)
    change = forms.IntegerField(required=False)
    order = forms.CharField(required=False)  # as the editor sees it then, to show beside theirs

    def __init__(self, edition: Edition, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.edition = edition

    def clean(self):
        said = super().clean() or {}
        if said.get("act") == "headline":
            self.check_headline(said)
        if said.get("act") == "move" and not said.get("number"):
            self.add_error("number", "missing")
        return said

    def check_headline(self, said):
        if said.get("language") not in self.edition.languages:
            self.add_error("language", "unknown")
        if len(said.get("text", "")) > LONGEST_HEADLINE:
            self.add_error("text", "too long")


def change(request, edition: Edition) -> JsonResponse:
    """200 with what stands now; 409 with both versions when another editor was faster; 400 with a
    sentence when it cannot be done, and what stands now."""
    if edition.state not in OPEN:
        return JsonResponse({"problem": why_locked(edition)}, status=400)
    form = ChangeForm(edition, request.POST)
    if not form.is_valid():
        return refused(request, edition, " ".join(sentences(form)))
    try:
        with curating(edition, request.user, form.cleaned_data["seen_version"]) as curation:
            reload = perform(curation, form.cleaned_data)
    except Overtaken:
        return overtaken(request, edition, form.cleaned_data)
    except WrongState as wrong:
        return refused(request, edition, str(wrong))
    if form.cleaned_data["act"] in MAY_BRING_LINKS:
        tasks.wake(tasks.visit_links, edition.pk)
    return JsonResponse(state_of(curation) | {"reload": reload})


def perform(curation: Curation, said: dict) -> bool:
    """Whether more has changed than what the cards show."""
    if said["act"] == "undo":
        found = curation.edition.changes.filter(pk=said["change"]).first()
        if found is None:
            raise WrongState("unknown change")
        undo(curation, found)
        return stands_elsewhere(found)
    entry = curation.entry(said["entry"])
    if said["act"] == "move":
        curation.move(entry, said["number"])
    elif said["act"] in ("hide", "restore"):
        curation.hide(entry, said["act"] == "hide")
    elif said["act"] == "note":
        curation.write_note(entry, said["text"])
    elif said["act"] == "headline":
        curation.write_headline(entry, said["language"], said["text"])
    else:
        curation.pin(entry, said["number"])
    return False


def overtaken(request, edition: Edition, said: dict) -> JsonResponse:
    edition.refresh_from_db()
    conflict = of_change(Curation(edition, request.user), said)
    page = render_to_string(
        "admin/newsletter/edition/_conflict.html", {"conflict": conflict, "original": edition}
    )
    return JsonResponse({"conflict": page, "version": edition.version}, status=409)


def refused(request, edition: Edition, problem: str) -> JsonResponse:
    edition.refresh_from_db()
    stands = state_of(Curation(edition, request.user))
    del stands["version"]  # the editor has not seen what else stands
    return JsonResponse(stands | {"problem": problem}, status=400)


def sentences(form: forms.Form) -> list[str]:
    return [f"{name}: {error}" for name, errors in form.errors.items() for error in errors]
