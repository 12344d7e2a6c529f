"""The invariants, and by which check each is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from newsletter.models import Edition
from newsletter.verify import audience, rows, slices
from newsletter.verify.found import Found

PROMISES: dict[str, Promise] = {
    "I1": _("Every reader of its moment has a delivery, and nobody else has one."),
    "I2": _("The deliveries add up to the audience."),
    "I3": _("No reader and no address has two deliveries."),
    "I4": _("Nobody is mailed twice, but once more after a doubt."),
    "I5": _("What is written down as accepted has been sent."),
    "I6": _("Whoever got nothing is listed with the reason."),
    "I7": _("Nothing left for readers who had gone."),
    "I8": _("Every delivery names the slice it left in, and their counts agree."),
    "I9": _("Nothing left too early, too late or too fast."),
    "I10": _("Every reader gets the bytes that were approved."),
    "I11": _("Nothing is being sent by nobody."),
}


@dataclass(frozen=True)
class Check:
    """One way in which an invariant can be broken."""

    invariant: str
    sentence: Promise  # takes the count
    kind: Promise  # of the examples
    look: Callable[[Edition], Found] | None = None  # None: only the journal of a sink can tell


DELIVERIES, READERS = _("deliveries"), _("subscriptions")
SLICES, RENDITIONS = _("slices"), _("renditions")

CHECKS = {
    "missing": Check(
        "I1",
        ngettext_lazy(
            "%(count)d reader who was confirmed has no delivery.",
            "%(count)d readers who were confirmed have no delivery.",
            "count",
        ),
        READERS,
        audience.missing,
    ),
    "extra": Check(
        "I1",
        ngettext_lazy(
            "%(count)d delivery is to somebody who was no reader at that moment.",
            "%(count)d deliveries are to people who were no readers at that moment.",
            "count",
        ),
        DELIVERIES,
        audience.extra,
    ),
    "balance": Check(
        "I2",
        ngettext_lazy(
            "%(count)d delivery more or less than the audience has readers.",
            "%(count)d deliveries more or less than the audience has readers.",
            "count",
        ),
        DELIVERIES,
        audience.imbalance,
    ),
    "same_reader": Check(
        "I3",
        ngettext_lazy(
            "%(count)d reader has two deliveries.",
            "%(count)d readers have two deliveries.",
            "count",
        ),
        DELIVERIES,
        rows.same_reader,
    ),
    "same_address": Check(
        "I3",
        ngettext_lazy(
            "%(count)d address has two deliveries.",
            "%(count)d addresses have two deliveries.",
            "count",
        ),
        DELIVERIES,
        rows.same_address,
    ),
    "resent_without_doubt": Check(
        "I4",
        ngettext_lazy(
            "%(count)d delivery was sent again though it had never been in doubt.",
            "%(count)d deliveries were sent again though they had never been in doubt.",
            "count",
        ),
        DELIVERIES,
        rows.resent_without_doubt,
    ),
    "never_claimed": Check(
        "I5",
        ngettext_lazy(
            "%(count)d delivery is accepted though nobody ever sent it.",
            "%(count)d deliveries are accepted though nobody ever sent them.",
            "count",
        ),
        DELIVERIES,
        rows.never_claimed,
    ),
    "left_behind": Check(
        "I6",
        ngettext_lazy(
            "The edition is done, and %(count)d delivery is still on its way.",
            "The edition is done, and %(count)d deliveries are still on their way.",
            "count",
        ),
        DELIVERIES,
        rows.left_behind,
    ),
    "after_leaving": Check(
        "I7",
        ngettext_lazy(
            "%(count)d mail left for a reader who had gone before.",
            "%(count)d mails left for readers who had gone before.",
            "count",
        ),
        DELIVERIES,
        rows.after_leaving,
    ),
    "no_slice": Check(
        "I8",
        ngettext_lazy(
            "%(count)d delivery names no slice of this edition, or one that was never settled.",
            "%(count)d deliveries name no slice of this edition, or one that was never settled.",
            "count",
        ),
        DELIVERIES,
        slices.unnamed,
    ),
    "slice_counts": Check(
        "I8",
        ngettext_lazy(
            "%(count)d slice counts other deliveries than there are.",
            "%(count)d slices count other deliveries than there are.",
            "count",
        ),
        SLICES,
        slices.miscounted,
    ),
    "untimely": Check(
        "I9",
        ngettext_lazy(
            "%(count)d slice left before the edition's time, or after it.",
            "%(count)d slices left before the edition's time, or after it.",
            "count",
        ),
        SLICES,
        slices.untimely,
    ),
    "too_fast": Check(
        "I9",
        ngettext_lazy(
            "%(count)d channel was faster than its rate allows.",
            "%(count)d channels were faster than their rates allow.",
            "count",
        ),
        _("channels"),
        slices.too_fast,
    ),
    "other_bytes": Check(
        "I10",
        ngettext_lazy(
            "%(count)d rendition is not what was approved.",
            "%(count)d renditions are not what was approved.",
            "count",
        ),
        RENDITIONS,
        slices.other_bytes,
    ),
    "foreign_rendition": Check(
        "I10",
        ngettext_lazy(
            "%(count)d delivery has a rendition that was not approved for this edition.",
            "%(count)d deliveries have a rendition that was not approved for this edition.",
            "count",
        ),
        DELIVERIES,
        rows.foreign_rendition,
    ),
    "ownerless": Check(
        "I11",
        ngettext_lazy(
            "%(count)d delivery is being sent by a sender that is dead.",
            "%(count)d deliveries are being sent by senders that are dead.",
            "count",
        ),
        DELIVERIES,
        slices.ownerless,
    ),
    "sent_twice": Check(
        "I4",
        ngettext_lazy(
            "%(count)d delivery was accepted more often than it may have been sent.",
            "%(count)d deliveries were accepted more often than they may have been sent.",
            "count",
        ),
        DELIVERIES,
    ),
    "unknown": Check(
        "I5",
        ngettext_lazy(
            "%(count)d delivery was accepted, and the ledger says that it never left.",
            "%(count)d deliveries were accepted, and the ledger says that they never left.",
            "count",
        ),
        DELIVERIES,
    ),
    "made_up": Check(
        "I5",
        ngettext_lazy(
            "%(count)d delivery is written down as accepted and never arrived.",
            "%(count)d deliveries are written down as accepted and never arrived.",
            "count",
        ),
        DELIVERIES,
    ),
    "lost": Check(
        "I6",
        ngettext_lazy(
            "%(count)d reader got nothing, and the ledger does not say why.",
            "%(count)d readers got nothing, and the ledger does not say why.",
            "count",
        ),
        DELIVERIES,
    ),
    "burst": Check(
        "I9",
        ngettext_lazy(
            "%(count)d mail too many arrived within one second.",
            "%(count)d mails too many arrived within one second.",
            "count",
        ),
        DELIVERIES,
    ),
}
