"""A sample edition, all the way into the local mailbox."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from newsletter.approve import approve_edition
from newsletter.compose import compose_edition
from newsletter.deliver import deliver_edition, release_for_now
from newsletter.links import absolute, edition_url
from newsletter.management.arguments import find_newsletter
from newsletter.models import Edition, Newsletter, Subscriber, Subscription
from newsletter.models.subscribers import address_key
from newsletter.sample import (
    DAY,
    LANGUAGES,
    SampleSummary,
    drawing_url,
    sample_answer,
    sample_texts,
)
from papers.fetch import store_answer
from papers.models import Paper, Summary
from papers.summarise.draft import stored_claims
from papers.summarise.judging import keep_judgement
from papers.summarise.source import keep_reading, source_text

EDITOR = "editor"
WRITTEN_BY = "Paperboy"  # the sample's texts were written for it, by nobody who has a name here
READERS = {  # .example is nobody's (RFC 2606)
    "minji@reader.example": ("ko", Subscription.State.CONFIRMED),
    "emma@reader.example": ("en", Subscription.State.CONFIRMED),
    "bob@reader.example": ("en", Subscription.State.PENDING),
    "carol@reader.example": ("ko", Subscription.State.UNSUBSCRIBED),
}


class Command(BaseCommand):
    help = (
        "Make the edition of 3 July 2024 from the sample, mail it to two made-up readers in the "
        "local mailbox, and say where to look. Running it again is harmless."
    )

    def handle(self, *args: object, **options: object) -> None:
        newsletter = find_newsletter(Newsletter.DEFAULT_SLUG)
        refuse_real_mail()
        refuse_real_readers()
        login = editors_login()
        edition = newsletter.editions.filter(date=DAY, corrects=None).first()
        if edition is None or edition.state in Edition.EDITABLE:
            edition = self.make_edition(newsletter)
        self.send(edition)
        self.say_where_to_look(edition, login)

    def make_edition(self, newsletter: Newsletter) -> Edition:
        report = store_answer(newsletter.source, DAY, sample_answer())
        hang_drawings()
        self.say("papers", f"{report.paper_count} of {DAY}, with summaries of our own")
        for language in LANGUAGES:
            write_summaries(language)
        for email, (language, state) in READERS.items():
            make_reader(newsletter, email, language, state)
            self.say("reader", f"{email}, {language}, {state}")
        edition = compose_edition(newsletter, DAY)
        for language in LANGUAGES:
            write_introduction(edition, language)
        approve_edition(edition, by=User.objects.filter(username=EDITOR).first())
        self.say("edition", f"{edition}, {edition.printed_entries().count()} entries, approved")
        return edition

    def send(self, edition: Edition) -> None:
        if edition.state not in Edition.UNFINISHED:
            self.say(
                "mail", f"nothing more: {edition} is {edition.state}. {edition.reason}".strip()
            )
            return
        release_for_now(edition)
        balance = deliver_edition(edition)
        self.say("mail", f"{balance.accepted} of {balance.audience_count} in {settings.MAILDIR}")

    def say_where_to_look(self, edition: Edition, login: str) -> None:
        self.stdout.write("\nStart the site with `make run`, and look at")
        self.say("mailbox", absolute(reverse("mailbox")))
        for language in edition.languages:
            self.say("edition", edition_url(edition, language))
        self.say("admin", f"{absolute(reverse('admin:index'))} {login}")

    def say(self, what: str, text: str) -> None:
        self.stdout.write(f"  {what:<8}  {text}")


def refuse_real_mail() -> None:
    if not all(url.startswith("maildir:") for url in settings.CHANNELS.values()):
        raise CommandError(
            "The demo mails only to a local mailbox, and EMAIL_URL, or an EMAIL_URL_<NAME>, names "
            "another way out. Leave them empty, or write maildir:///folder."
        )


def refuse_real_readers() -> None:
    """The demo's readers and login have no business beside real ones, unless they came first."""
    readers = Subscriber.objects.filter(address_key__in=map(address_key, READERS))
    if not readers.exists() and (strangers := Subscriber.objects.count()):
        raise CommandError(
            f"The database has readers of its own ({strangers}), so the demo leaves it alone. "
            "Name another one in DATABASE_URL, such as sqlite:///demo.sqlite3."
        )


def editors_login() -> str:
    """How to log in; the password is told once, when the editor is made, and kept nowhere."""
    if User.objects.filter(username=EDITOR).exists():
        return f"as {EDITOR}; a new password: manage.py changepassword {EDITOR}"
    if not settings.DEBUG:
        return "with a login of your own, as DEBUG is off: manage.py createsuperuser"
    password = get_random_string(16)
    User.objects.create_superuser(EDITOR, password=password)
    return f"as {EDITOR} with password {password}"


def hang_drawings() -> None:
    papers = list(Paper.objects.filter(canonical_id__in=sample_texts(LANGUAGES[0]).summaries))
    for paper in papers:
        paper.image_url = drawing_url(paper.canonical_id)
    Paper.objects.bulk_update(papers, ["image_url"])


def write_summaries(language: str) -> None:
    """The sample's, where there is none; what anyone wrote before stays."""
    texts = sample_texts(language)
    papers = Paper.objects.filter(canonical_id__in=texts.summaries)
    Summary.objects.bulk_create(
        (sample_summary(paper, language, texts.summaries[paper.canonical_id]) for paper in papers),
        ignore_conflicts=True,
    )


def sample_summary(paper: Paper, language: str, sample: SampleSummary) -> Summary:
    """With its verdict, and what it was written from kept beside it."""
    source = source_text(paper)
    keep_reading(paper, source)
    summary = Summary(
        paper=paper,
        language=language,
        **sample.parts,
        claims=stored_claims(sample.claims),
        text_language=language,
        writer=Summary.Writer.EDITOR,
        writer_name=WRITTEN_BY,
        source_kind=source.kind,
        source_length=source.length,
        source_sha256=source.sha256,
        written_at=timezone.now(),
    )
    keep_judgement(summary)
    return summary


def make_reader(
    newsletter: Newsletter, email: str, language: str, state: Subscription.State
) -> None:
    """Someone who asked an hour ago; who is there already stays as they are."""
    asked_at = timezone.now() - timedelta(hours=1)
    subscriber, _ = Subscriber.objects.get_or_create(
        address_key=address_key(email), defaults={"email": email}
    )
    Subscription.objects.get_or_create(
        subscriber=subscriber,
        newsletter=newsletter,
        defaults={
            "language": language,
            "state": state,
            "confirmation_requested_at": asked_at,
            "confirmed_at": None if state == Subscription.State.PENDING else asked_at,
        },
    )


def write_introduction(edition: Edition, language: str) -> None:
    texts = sample_texts(language)
    edition.renditions.whole().filter(language=language).update(
        intro=texts.intro, preheader=texts.preheader
    )
