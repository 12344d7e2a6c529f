"""One valid row of each kind, with a word for what differs."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone

from newsletter import models
from newsletter.addressee import Addressee
from newsletter.approve import approve_edition
from newsletter.deliver import begin, ledger, settle
from newsletter.deliver.journal import open_journal
from newsletter.deliver.journal.files import FileJournal
from newsletter.deliver.ledger import Outcomes
from newsletter.models import (
    Channel,
    Delivery,
    Edition,
    Newsletter,
    Rendition,
    Slice,
    Subscriber,
    Subscription,
    Visit,
)
from newsletter.outcome import Outcome, Result
from papers.models import Listing, Paper, Reading, Receipt, Summary

DAY = date(2024, 7, 3)
WORDS = {
    "ko": {
        "whats_new": "소포를 찾는 지도를 만들었습니다.",
        "technical_details": "길마다 번호를 붙였습니다.",
        "performance_highlights": "열 개 가운데 아홉 개를 찾았습니다.",
    },
    "en": {
        "whats_new": "A map that finds parcels was made.",
        "technical_details": "Every way got a number.",
        "performance_highlights": "It found 9 of 10 parcels.",
    },
}
number = count(1)


def make_paper(**fields) -> Paper:
    fields = {
        "canonical_id": f"2407.{next(number):05}",
        "title": "Letters Home: How Parcels Find Their Way",
        "abstract": "Parcels get lost. We propose a map. It finds 9 of 10 parcels.",
        "authors": [{"name": "Alice Ahn"}, {"name": "Bob Baker"}],
        "published_at": datetime(2024, 7, 1, 15, tzinfo=UTC),
    } | fields
    return Paper.objects.create(**fields)


def make_listing(paper: Paper | None = None, **fields) -> Listing:
    fields = {
        "paper": paper or make_paper(),
        "source": "huggingface",
        "date": DAY,
        "vote_count": 10,
        "last_seen_at": timezone.now(),
    } | fields
    return Listing.objects.create(**fields)


def make_summary(paper: Paper, language: str = "ko", **fields) -> Summary:
    fields = {
        "text_language": language,
        **WORDS["ko" if language == "ko" else "en"],
        "writer": Summary.Writer.EDITOR,
        "written_at": timezone.now(),
    } | fields
    return Summary.objects.create(paper=paper, language=language, **fields)


def make_receipt(reading: Reading, language: str = "ko", **fields) -> Receipt:
    """Of an answer that was of use at the first try."""
    now = timezone.now()
    fields = {
        "model": "small-model",
        "prompt_version": "1",
        "state": Receipt.State.WRITTEN,
        "answer": {},
        "try_count": 1,
        "asked_at": now - timedelta(seconds=2),
        "answered_at": now,
    } | fields
    return Receipt.objects.create(
        paper=reading.paper,
        reading=reading,
        source_sha256=reading.sha256,
        language=language,
        **fields,
    )


def make_newsletter(**fields) -> Newsletter:
    """One that leaves no time to undo, unless told to."""
    fields = {"slug": f"letter-{next(number)}", "name": "Letter", "undo_seconds": 0} | fields
    return Newsletter.objects.create(**fields)


def default_newsletter() -> Newsletter:
    """Of those that the migrations made; they leave no time to undo either."""
    Newsletter.objects.update(undo_seconds=0)
    return Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)


def make_edition(
    newsletter: Newsletter | None = None, *, papers: list[Paper] | int = 1, **fields
) -> Edition:
    """A draft with an entry a paper, summarised in each of the newsletter's languages."""
    newsletter = newsletter or default_newsletter()
    fields = {"date": DAY, "state": Edition.State.DRAFT} | fields
    edition = Edition.objects.create(newsletter=newsletter, **fields)
    if isinstance(papers, int):
        papers = [make_paper() for _ in range(papers)]
    for position, paper in enumerate(papers, start=1):
        edition.entries.create(paper=paper, position=position, vote_count=max(50 - position, 0))
        for language in newsletter.languages:
            if not paper.summaries.filter(language=language).exists():
                make_summary(paper, language)
    for language in newsletter.languages:
        Rendition.objects.create(edition=edition, language=language)
    return edition


def make_subscription(
    email: str = "", newsletter: Newsletter | None = None, **fields
) -> Subscription:
    """A confirmed reader."""
    newsletter = newsletter or Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    email = email or f"reader{next(number)}@example.org"
    fields = {
        "state": Subscription.State.CONFIRMED,
        "confirmed_at": timezone.now() - timedelta(days=1),
    } | fields
    subscriber = Subscriber.objects.create(email=email)
    return Subscription.objects.create(subscriber=subscriber, newsletter=newsletter, **fields)


def make_leaving_edition(newsletter: Newsletter | None = None, **fields) -> Edition:
    """On its way, without its deliveries."""
    now = timezone.now()
    fields = {
        "state": Edition.State.SENDING,
        "content_sha256": "0" * 64,
        "audience_cutoff_at": now,
        "audience_frozen_at": now,
        "audience_max_id": 0,
        "not_before": now - timedelta(minutes=10),
        "expires_at": now + timedelta(hours=1),
    } | fields
    return make_edition(newsletter, **fields)


def make_done_edition() -> Edition:
    """Approved, sent to every confirmed reader by one sender, and done."""
    edition = approve_edition(make_edition())
    begin(edition)
    journal = open_journal()
    taken, addressees = ledger.claim(edition, make_channel(), 1_000, "sender", journal)
    results = {each.delivery_id: Result(Outcome.ACCEPTED) for each in addressees}
    ledger.settle(taken, Outcomes(results=results))
    journal.close()
    settle(edition)
    return edition


def make_slice(edition: Edition, **fields) -> Slice:
    """What a sender claimed a minute ago through the default channel, and settled, with no rows."""
    now = timezone.now()
    fields = {
        "owner": "a-sender",
        "journal": "a-sender.journal",
        "lease_until": now + timedelta(minutes=14),
        "claimed_at": now - timedelta(minutes=1),
        "settled_at": now,
    } | fields
    if "channel" not in fields:
        fields["channel"], _ = Channel.objects.get_or_create(name=Channel.DEFAULT_NAME)
    return Slice.objects.create(edition=edition, **fields)


def make_delivery(
    edition: Edition, reader: Subscription | None = None, *, part: Slice | None = None, **fields
) -> Delivery:
    """A row of the ledger, pending unless told otherwise, to a reader of its own.

    `part` is the slice it was claimed in; its times are those that its state asks for.
    """
    reader = reader or make_subscription(newsletter=edition.newsletter)
    now = timezone.now()
    state = fields.get("state", Delivery.State.PENDING)
    fields = {
        "subscriber": reader.subscriber,
        "rendition": edition.renditions.get(
            language=edition.newsletter.language_for(reader.language)
        ),
        "address_key": reader.subscriber.address_key,
        "not_before": now - timedelta(minutes=5),
        "fence": part.pk if part else 0,
        "attempts": 1 if part else 0,
        "accepted_at": now if state == Delivery.State.ACCEPTED else None,
        "in_doubt_at": now if state == Delivery.State.IN_DOUBT else None,
    } | fields
    return Delivery.objects.create(edition=edition, **fields)


def make_addressee(subscription: Subscription, rendition: Rendition, **fields) -> Addressee:
    fields = {
        "delivery_id": next(number),
        "subscription_id": subscription.pk,
        "rendition_id": rendition.pk,
        "address": subscription.subscriber.email,
    } | fields
    return Addressee(**fields)


def make_channel(name: str = Channel.DEFAULT_NAME, **fields) -> Channel:
    return Channel.objects.create(name=name, **fields)


def make_editor(username: str = "kim", *, may: str = "change", **fields) -> User:
    """Staff who may look at everything, and change it and press each button, too, unless `may` is
    "view"."""
    editor = User.objects.create_user(username, is_staff=True, **fields)
    buttons = () if may == "view" else ("approve", "settle", "lift", "close")
    for verb in {"view", may, *buttons}:
        editor.user_permissions.add(
            *Permission.objects.filter(
                codename__startswith=verb, content_type__app_label__in=["newsletter", "papers"]
            )
        )
    return editor


def make_tester(newsletter: Newsletter, email: str, **fields) -> models.Tester:
    return models.Tester.objects.create(newsletter=newsletter, email=email, **fields)


def make_visit(url: str, **fields) -> Visit:
    """What an address answered just now; that it is there, unless told otherwise."""
    fields = {
        "state": Visit.State.ANSWERS,
        "said": "HTTP 200 OK",
        "visited_at": timezone.now(),
    } | fields
    return Visit.objects.create(url=url, **fields)


def make_member(role: str, username: str = "", **fields) -> User:
    """Staff in the group of a role, as the migrations made it; in none, for a blank one."""
    member = User.objects.create_user(username or role or "nobody", is_staff=True, **fields)
    member.groups.set(Group.objects.filter(name=role))
    return member


def journal_file(fence: int) -> Path:
    """Where a slice's journal lies on this machine."""
    return FileJournal().path_of(fence)
