"""Undo: take a change of an edition back, as long as what it made still stands.

Taking back is a change, too, and can be taken back in turn.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from newsletter.curate import TEXTS, Curation, keys
from newsletter.models import Change, Edition, Entry, WrongState

Kind = Change.Kind


def undo(curation: Curation, change: Change) -> None:
    """Put back what stood before a change. Raises WrongState when it was changed again since."""
    if not stands(curation, change):
        raise WrongState(_("This has been changed again since. Take that back first."))
    curation.undoing = change
    put_back(curation, change)
    curation.undoing = None


def stands(curation: Curation, change: Change) -> bool:
    """Whether what a change made is what stands now."""
    entry = curation.entry_of(change.paper_id)
    if change.kind == Kind.ORDER:
        return same_order(keys(curation.printed), change.after)
    if change.kind == Kind.ADDED:
        return bool(change.after and is_bare(entry)) if entry else not change.after
    if change.kind in TEXTS:
        rendition = curation.renditions.get(change.language)
        return rendition is not None and getattr(rendition, change.kind) == change.after
    return entry is not None and stands_on(entry, change)


def stands_on(entry: Entry, change: Change) -> bool:
    if change.kind == Kind.PIN:
        return bool(entry.pin == change.after["pin"])
    if change.kind == Kind.HEADLINE:
        return bool(entry.headline(change.language) == change.after)
    return bool(getattr(entry, change.kind) == change.after)


def is_bare(entry: Entry) -> bool:
    """Whether an editor has written nothing on its card, so that nothing is lost with it."""
    return not (entry.note or any(entry.headlines.values()) or entry.pin)


def put_back(curation: Curation, change: Change) -> None:
    entry = curation.entry_of(change.paper_id)
    if change.kind == Kind.ORDER:
        places = {paper: place for place, paper in enumerate(change.before)}
        last = len(places)
        order = sorted(curation.printed, key=lambda each: places.get(each.paper_id, last))
        set_the_order = change == first_order(curation.edition)
        curation.arrange(order, moved=entry)
        if set_the_order:
            curation.leave_order_to_votes()
    elif change.kind in TEXTS:
        curation.write(Kind(change.kind), change.language, change.before)
    elif entry is None and change.paper:
        curation.add(change.paper)
    elif entry:
        put_entry_back(curation, change, entry)


def first_order(edition: Edition) -> Change | None:
    """The change by which an editor took the order from the votes, where one has it."""
    if edition.curated_at is None:
        return None
    return edition.changes.filter(kind=Kind.ORDER, at__gte=edition.curated_at).last()


def put_entry_back(curation: Curation, change: Change, entry: Entry) -> None:
    if change.kind == Kind.ADDED:
        curation.remove(entry)
    elif change.kind == Kind.HIDDEN:
        curation.hide(entry, change.before)
    elif change.kind == Kind.NOTE:
        curation.write_note(entry, change.before)
    elif change.kind == Kind.HEADLINE:
        curation.write_headline(entry, change.language, change.before)
    elif change.before["pin"] is not None:
        curation.pin(entry, change.before["pin"])
    else:
        curation.let_go(entry, change.before["number"])


def same_order(first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether the papers that both have stand in one order in both."""
    return [key for key in first if key in second] == [key for key in second if key in first]
