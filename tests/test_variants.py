"""Mails for readers with a taste: few of them, of the approved entries, and never an empty one."""

from functools import partial

import pytest
from django.utils import timezone

from newsletter.approve import approve_edition
from newsletter.deliver import balance_of, begin, deliver_edition, variants
from newsletter.models import Delivery, Edition, Taste
from newsletter.rendered import frozen
from newsletter.verify import verify_edition
from papers.models import Summary
from tests.crash import after, dies_at
from tests.factories import make_edition, make_paper, make_subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(daily_papers) -> Edition:
    """Four entries, of which two are about robots and one about stamps."""
    daily_papers.languages = ["en"]
    daily_papers.save()
    robots = {"categories": ["cs.RO"]}
    papers = [
        make_paper(title="Letters: A Study", categories=["cs.CL"]),
        make_paper(title="Walkers: A Study", **robots),
        make_paper(title="Stamps: A Study", categories=["cs.CV"]),
        make_paper(title="Carriers: A Study", **robots),
    ]
    return approve_edition(make_edition(daily_papers, papers=papers, not_before=timezone.now()))


def reader(name: str, *taste, language="en"):
    return make_subscription(
        f"{name}@example.org", taste=Taste.of(*taste) if taste else None, language=language
    )


def mail_of(edition: Edition, name: str):
    row = edition.deliveries.select_related("rendition").get(
        subscriber__email=f"{name}@example.org"
    )
    return frozen(row.rendition)


def order(text: str, *names: str) -> list[str]:
    return sorted((name for name in names if f"{name}: A Study" in text), key=text.index)


TITLES = ("Letters", "Walkers", "Stamps", "Carriers")


def test_each_gets_what_they_want_in_their_order_and_reads_why(edition):
    reader("all")
    reader("robots", None, ["cs.RO"], [])
    reader("quiet", None, [], ["cs.RO"])
    reader("short", 2, [], [])

    begin(edition)

    assert order(mail_of(edition, "all").text, *TITLES) == list(TITLES)
    robots = mail_of(edition, "robots")
    assert order(robots.text, *TITLES) == ["Walkers", "Carriers", "Letters", "Stamps"]
    assert robots.text.count("[Your topic] cs.RO") == 2
    assert "1. Walkers" in robots.text
    assert robots.subject.startswith("Walkers and 3 more")
    quiet = mail_of(edition, "quiet")
    assert order(quiet.text, *TITLES) == ["Letters", "Stamps"]
    assert "2 papers are left out, as you mute: cs.RO." in quiet.html
    short = mail_of(edition, "short")
    assert order(short.text, *TITLES) == ["Letters", "Walkers"]
    assert "2 papers more are on the web, as you get 2 at most." in short.text
    assert verify_edition(edition) == []


def test_readers_with_the_same_choice_share_one_mail(edition):
    reader("one", None, [], ["cs.RO", "cooking"])
    reader("two", None, ["wine"], ["cs.RO"])
    reader("three", 10, [], ["wine"])

    begin(edition)

    assert edition.renditions.count() == 2
    renditions = dict(edition.deliveries.values_list("subscriber__email", "rendition"))
    assert renditions["one@example.org"] == renditions["two@example.org"]
    whole = edition.renditions.whole().get()
    assert renditions["three@example.org"] == whole.pk


def test_whoever_mutes_everything_gets_nothing_and_is_counted(relay, edition):
    reader("nobody", None, [], ["cs"])
    reader("all")

    deliver_edition(edition)

    assert relay.recipients == ["all@example.org"]
    assert balance_of(edition).suppressed == 1
    assert edition.state == Edition.State.DONE
    assert verify_edition(edition) == []


def test_a_reader_of_another_language_gets_their_taste_in_the_main_one(edition):
    reader("french", 1, [], [], language="fr")

    begin(edition)

    assert order(mail_of(edition, "french").text, *TITLES) == ["Letters"]


def test_a_word_is_looked_for_in_the_readers_summary_too(edition):
    Summary.objects.filter(paper__title__startswith="Stamps").update(whats_new="Perforation!")
    approved = Edition.objects.get(pk=edition.pk)
    approved.renditions.all().delete()
    Edition.objects.filter(pk=edition.pk).update(state="draft", content_sha256="", version=0)
    again = approve_edition(Edition.objects.get(pk=edition.pk))
    reader("perforation", 1, ["perforation"], [])

    begin(again)

    assert order(mail_of(again, "perforation").text, *TITLES) == ["Stamps"]


def test_what_was_written_after_the_approval_reaches_nobody(edition):
    reader("short", 1, [], [])
    Summary.objects.update(whats_new="Not what was approved.")

    begin(edition)

    assert "Not what was approved." not in mail_of(edition, "short").text
    assert edition.renditions.count() == 1


def test_tastes_of_the_most_readers_come_first_when_there_are_too_many(edition, monkeypatch):
    monkeypatch.setattr(variants, "MOST_VARIANTS", 1)
    reader("rare", 1, [], [])
    for name in ("often", "more"):
        reader(name, 2, [], [])

    begin(edition)

    assert order(mail_of(edition, "often").text, *TITLES) == ["Letters", "Walkers"]
    assert order(mail_of(edition, "rare").text, *TITLES) == list(TITLES)


def test_a_freeze_that_was_killed_goes_on_with_the_same_mails(transactional_db, edition):
    for name, most in (("one", 1), ("two", 2)):
        reader(name, most, [], [])
    assert dies_at(after("newsletter.deliver.variants:make"), partial(begin, edition))
    edition.refresh_from_db()
    made = set(edition.renditions.values_list("pk", flat=True))

    begin(edition)

    assert made < set(edition.renditions.values_list("pk", flat=True))
    assert edition.renditions.count() == 3
    assert order(mail_of(edition, "two").text, *TITLES) == ["Letters", "Walkers"]


def test_a_topic_is_text_wherever_it_stands(daily_papers):
    topic = '<b>__address__"&'
    daily_papers.languages = ["en"]
    daily_papers.save()
    paper = make_paper(abstract=f"about {topic} and more")
    edition = approve_edition(make_edition(daily_papers, papers=[paper, make_paper()]))
    reader("odd", None, [topic], [])

    begin(edition)

    mail = mail_of(edition, "odd")
    assert "<b>__" not in mail.html
    assert [body.count("__ADDRESS__") for body in (mail.html, mail.text)] == [1, 1]


def test_mails_that_differ_leave_in_one_run(relay, edition):
    reader("all")
    reader("short", 2, [], [])

    deliver_edition(edition)

    assert sorted(relay.recipients) == ["all@example.org", "short@example.org"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}
    assert verify_edition(edition) == []
