"""Compose: the papers listed on a date become the draft of its edition."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from newsletter.models import Edition, Entry, Newsletter, Rendition, WrongState
from newsletter.order import keep_pins
from newsletter.roundup import week_of
from papers.models import Listing, Paper, Pull

logger = logging.getLogger(__name__)

State = Edition.State


def compose_edition(newsletter: Newsletter, day: date) -> Edition:
    """Draft the edition of a day, or skip it with the reason when there is nothing to print.

    The best by votes, at most `max_entries`, each with at least `min_votes`; ties go to the paper
    with more comments, then to the older arXiv id. A withdrawn paper is left out, and so is one
    that another edition of the newsletter carries. Composing again keeps what an editor touched:
    the order once set, notes, hidden entries and added ones. Raises WrongState once approved.
    """
    edition, _ = Edition.objects.get_or_create(newsletter=newsletter, date=day, corrects=None)
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if edition.state not in (*Edition.EDITABLE, State.SKIPPED):
            raise WrongState(f"{edition} is {edition.state}; only a draft can be composed again")
        place_entries(edition, list(candidates(edition)))
        finish(edition)
    logger.info("composed edition=%s state=%s", edition.pk, edition.state)
    return edition


def candidates(edition: Edition) -> QuerySet[Listing]:
    """What may be printed, best first."""
    newsletter = edition.newsletter
    return (
        listings_of(edition)
        .filter(vote_count__gte=newsletter.min_votes, paper__withdrawn_at=None)
        .exclude(paper__in=carried_elsewhere(edition))
        .order_by("-vote_count", "-comment_count", "paper__canonical_id")
    )


def listings_of(edition: Edition) -> QuerySet[Listing]:
    """Of its date; a roundup's are those of the papers that its week has printed, the newest of
    each."""
    newsletter = edition.newsletter
    if newsletter.roundup_of is None:
        return Listing.objects.filter(source=newsletter.source, date=edition.date)
    printed = Entry.objects.filter(edition__in=week_of(edition), hidden=False)
    listings = Listing.objects.filter(source=newsletter.roundup_of.source, date__lte=edition.date)
    newest = listings.filter(paper=OuterRef("paper")).order_by("-date").values("pk")[:1]
    return listings.filter(paper__in=printed.values("paper"), pk=Subquery(newest))


def lists_of(edition: Edition) -> list[tuple[str, date]]:
    """The sources and dates whose lists count the votes for its entries."""
    if edition.newsletter.roundup_of is None:
        return [(edition.newsletter.source, edition.date)]
    listings = listings_of(edition).filter(paper__in=edition.entries.values("paper"))
    return sorted(set(listings.values_list("source", "date")))


def carried_elsewhere(edition: Edition) -> QuerySet[Entry, int]:
    """Papers that another edition of the newsletter prints, or that its editor hid there."""
    ended = (State.SKIPPED, State.EXPIRED, State.CANCELLED)
    nobody_has_it = Q(edition__state__in=ended, edition__audience_frozen_at=None)
    return (
        Entry.objects.filter(edition__newsletter=edition.newsletter_id)
        .exclude(edition=edition)
        .exclude(nobody_has_it)
        .values_list("paper", flat=True)
    )


def place_entries(edition: Edition, ranked: list[Listing]) -> None:
    """Give each chosen paper its entry and position; what an editor touched stays."""
    present = {entry.paper_id: entry for entry in edition.entries.all()}
    hidden = {paper for paper, entry in present.items() if entry.hidden}
    shown = [listing for listing in ranked if listing.paper_id not in hidden]
    if edition.curated_at:
        append_new(edition, shown, present)
    else:
        place_by_rank(edition, shown[: edition.newsletter.max_entries], present)
    keep_pins(edition)
    refresh_counts(edition)


def append_new(edition: Edition, shown: list[Listing], present: dict[int, Entry]) -> None:
    """An editor's order stands: papers that came since go to its end, while there is room."""
    room = edition.newsletter.max_entries - sum(not entry.hidden for entry in present.values())
    new = [listing.paper_id for listing in shown if listing.paper_id not in present]
    last = max((entry.position for entry in present.values()), default=0)
    Entry.objects.bulk_create(
        Entry(edition=edition, paper_id=paper, position=position)
        for position, paper in enumerate(new[: max(room, 0)], start=last + 1)
    )


def place_by_rank(edition: Edition, chosen: list[Listing], present: dict[int, Entry]) -> None:
    """Positions by rank; touched entries that are not among the chosen follow at the end."""
    papers = [listing.paper_id for listing in chosen]
    leavers = [e.pk for e in present.values() if e.paper_id not in papers and not e.touched_at]
    Entry.objects.filter(pk__in=leavers).delete()
    stayers = [e.paper_id for e in present.values() if e.paper_id not in papers and e.touched_at]
    entries = [
        Entry(edition=edition, paper_id=paper, position=position)
        for position, paper in enumerate([*papers, *stayers], start=1)
    ]
    Entry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["edition", "paper"],
        update_fields=["position"],
    )


def refresh_counts(edition: Edition) -> None:
    """The votes and comments of the newest answer, on every entry that is listed."""
    counts = {listing.paper_id: listing for listing in listings_of(edition)}
    entries = [entry for entry in edition.entries.all() if entry.paper_id in counts]
    for entry in entries:
        entry.vote_count = counts[entry.paper_id].vote_count
        entry.comment_count = counts[entry.paper_id].comment_count
    Entry.objects.bulk_update(entries, ["vote_count", "comment_count"])


def best_first(entries: Iterable[Entry]) -> list[Entry]:
    """As listings are ranked; what was never listed comes last."""
    return sorted(
        entries,
        key=lambda entry: (
            entry.vote_count is None,
            -(entry.vote_count or 0),
            -entry.comment_count,
            entry.paper.canonical_id,
        ),
    )


def finish(edition: Edition) -> None:
    """Draft when there is something to print; skipped, with the reason, when there is not."""
    come_from = (*Edition.EDITABLE, State.SKIPPED)
    if not edition.printed_entries().exists():
        edition.move(State.SKIPPED, come_from=come_from, reason=why_empty(edition))
        return
    for language in edition.newsletter.languages:
        Rendition.objects.whole().get_or_create(edition=edition, language=language)
    edition.move(State.DRAFT, come_from=come_from, reason="")


def why_empty(edition: Edition) -> str:
    """In a sentence, why a date has nothing to print: for the desk, not for readers."""
    day = f"{edition.date:%Y-%m-%d, a %A}"
    listed = listings_of(edition)
    pull = Pull.objects.filter(source=edition.newsletter.source, date=edition.date).first()
    if not listed.exists():
        if pull and pull.problem and not pull.succeeded_at:
            return f"The source could not be read for {day}: {pull.problem}"
        return f"No papers are listed on {day}."
    withdrawn = listed.filter(paper__withdrawn_at__isnull=False).count()
    unpopular = listed.filter(vote_count__lt=edition.newsletter.min_votes).count()
    carried = listed.filter(paper__in=carried_elsewhere(edition)).count()
    return (
        f"None of the papers listed on {day} can be printed. Listed: {listed.count()}; "
        f"with fewer than {edition.newsletter.min_votes} votes: {unpopular}; "
        f"carried by another edition: {carried}; withdrawn: {withdrawn}; "
        f"hidden by an editor: {edition.entries.filter(hidden=True).count()}."
    )


@transaction.atomic
def add_paper(edition: Edition, paper: Paper) -> None:
    """Put a paper at the end, as the editor's own choice.

    Raises IntegrityError when the edition has it already.
    """
    last = edition.entries.aggregate(last=Max("position"))["last"] or 0
    entry = Entry(edition=edition, paper=paper, position=last + 1)
    entry.touch()
    entry.save()
    refresh_counts(edition)
