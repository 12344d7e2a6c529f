"""What the cards of an edition show and what takes the last change of them back, for the page's
script."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User

from newsletter.admin.history import change_in_words
from newsletter.curate import TEXTS, Curation
from newsletter.models import Change, Edition, Entry
from newsletter.undo import stands


@dataclass(frozen=True)
class Undoable:
    """An editor's own newest change, in words."""

    id: int
    words: str


class Cards:
    """As they stand; looked up when it is asked for."""

    def __init__(self, edition: Edition, editor: User) -> None:
        self.edition = edition
        self.editor = editor

    @property
    def as_json(self) -> str:
        undo = undoable(Curation(self.edition, self.editor))
        return json.dumps(undo and asdict(undo), ensure_ascii=False)


def undoable(curation: Curation) -> Undoable | None:
    """The editor's newest change, unless it was taken back or changed again since."""
    mine = curation.edition.changes.filter(by=curation.editor, undoes=None)
    change = mine.filter(undone_by=None).select_related("paper").first()
    if change is None or not stands(curation, change):
        return None
    return Undoable(change.pk, change_in_words(change))


def state_of(curation: Curation) -> dict[str, object]:
    """Everything that a card shows and an editor may change, in the order of the page."""
    undo = undoable(curation)
    line = sorted(curation.line, key=lambda entry: entry.hidden)
    return {
        "version": curation.edition.version,
        "undo": undo and asdict(undo),
        "entries": [card(entry) for entry in line],
    }


def card(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.pk,
        "hidden": entry.hidden,
        "pin": entry.pin,
        "note": entry.note,
        "headlines": entry.headlines,
    }


def stands_elsewhere(change: Change) -> bool:
    """Whether it is of what the cards do not show."""
    return change.kind in TEXTS
