"""Two editors, two versions of an edition: what the second wanted beside what stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from newsletter.admin.entries import EntryForm
from newsletter.admin.history import change_in_words, when
from newsletter.curate import Curation
from newsletter.models import Edition, Entry
from newsletter.order import out_of_line
from newsletter.render.entries import language_name

MOST_CHANGES = 5  # of theirs


@dataclass(frozen=True)
class Line:
    """A paper in an order; `differs` where it is one of those that were moved."""

    title: str
    differs: bool


@dataclass(frozen=True)
class Side:
    """One of the two versions: a text, or an order."""

    name: str
    text: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Row:
    what: str
    sides: tuple[Side, Side]


@dataclass(frozen=True)
class Conflict:
    version: int  # that stands now
    since: list[str]  # what was done since, in words
    rows: list[Row]


def of_change(curation: Curation, said: dict) -> Conflict:
    """Of one change that a script posted."""
    edition = curation.edition
    entry = next((each for each in curation.line if each.pk == said["entry"]), None)
    rows = [row_of_change(curation, entry, said)] if entry else []
    return Conflict(edition.version, since(edition, said["seen_version"]), rows)


def row_of_change(curation: Curation, entry: Entry, said: dict) -> Row:
    if said["act"] == "move":
        wanted = [int(pk) for pk in said["order"].split(",") if pk.isdecimal()]
        return order_row(curation, wanted)
    title = entry.paper.short_title
    if said["act"] == "note":
        return text_row(_("Note on %(title)s") % {"title": title}, said["text"], entry.note)
    if said["act"] == "headline":
        language = said["language"]
        return headline_row(title, language, said["text"], entry.headline(language))
    if said["act"] == "pin":
        return text_row(_("Pin to no.: %(title)s") % {"title": title}, said["number"], entry.pin)
    return hidden_row(title, said["act"] == "hide", entry.hidden)


def in_form(context: dict, seen: int) -> Conflict | None:
    """Of a form that was refused; None where nobody else was faster."""
    form = context["adminform"].form
    if not form.is_bound or not form.has_error("seen_version", "overtaken"):
        return None
    edition = form.instance
    rows: list[Row] = []
    for inline in context["inline_admin_formsets"]:
        changed = [each for each in inline.formset.forms if each.has_changed()]
        if inline.opts.model is Entry:
            rows += [row for each in changed if each.instance.pk for row in entry_rows(each)]
        else:
            rows += [row for each in changed for row in rendition_rows(each)]
    return Conflict(edition.version, since(edition, seen), rows)


def entry_rows(form: EntryForm) -> Iterable[Row]:
    title = form.instance.paper.short_title
    labels = {
        "note": _("Note on %(title)s") % {"title": title},
        "pin": _("Pin to no.: %(title)s") % {"title": title},
        "position": _("No. of %(title)s") % {"title": title},
    }
    for name in form.changed_data:
        yours, theirs = form.cleaned_data.get(name, ""), form.initial[name]
        if name == "hidden":
            yield hidden_row(title, yours, theirs)
        elif name in labels:
            yield text_row(labels[name], yours, theirs)
        else:
            yield headline_row(title, name.removeprefix("headline_"), yours, theirs)


def rendition_rows(form) -> Iterable[Row]:
    for name in form.changed_data:
        what = f"{form.fields[name].label} ({form.language_name})"
        yield text_row(what, form.cleaned_data.get(name), form.initial[name])


def text_row(what: str, yours: object, theirs: object) -> Row:
    texts = ["" if text is None else str(text) for text in (yours, theirs)]
    return Row(what, (Side(_("Yours"), texts[0]), Side(_("As it stands now"), texts[1])))


def headline_row(title: str, language: str, yours: str, theirs: str) -> Row:
    names = {"language": language_name(language), "title": title}
    return text_row(_("Headline in %(language)s of %(title)s") % names, yours, theirs)


def hidden_row(title: str, yours: bool, theirs: bool) -> Row:
    words = {True: _("out"), False: _("printed")}
    return text_row(title, words[bool(yours)], words[bool(theirs)])


def order_row(curation: Curation, wanted: list[int]) -> Row:
    """Both orders, with those papers marked that stand elsewhere in the other."""
    titles = {entry.pk: entry.paper.short_title for entry in curation.line}
    yours = [pk for pk in wanted if pk in titles]
    theirs = [entry.pk for entry in curation.printed]
    moved = out_of_line(yours, theirs) | (set(yours) ^ set(theirs))

    def lines(order: list[int]) -> tuple[Line, ...]:
        return tuple(Line(titles[pk], pk in moved) for pk in order)

    sides = (
        Side(_("Yours"), lines=lines(yours)),
        Side(_("As it stands now"), lines=lines(theirs)),
    )
    return Row(_("Order of the papers"), sides)


def since(edition: Edition, seen_version: int) -> list[str]:
    """The newest changes that the editor has not seen, in words."""
    changes = edition.changes.filter(version__gt=seen_version).select_related("paper")
    return [
        f"{change.by_name}, {when(change)}: {change_in_words(change)}"
        for change in changes[:MOST_CHANGES]
    ]
