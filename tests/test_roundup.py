"""The weekly roundup: the best of a week, once, for those who want it, without what they had."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from newsletter import links
from newsletter.approve import approve_edition
from newsletter.compose import compose_edition
from newsletter.deliver import begin, deliver_edition
from newsletter.models import Edition, Newsletter, Subscription
from newsletter.rendered import frozen
from newsletter.subscribe import choose
from newsletter.tasks import build_edition
from newsletter.verify import verify_edition
from tests.factories import make_edition, make_listing, make_paper, make_subscription

pytestmark = pytest.mark.django_db

FRIDAY = date(2024, 7, 5)
Rhythm = Subscription.Rhythm


@pytest.fixture
def weekly(daily_papers) -> Newsletter:
    return daily_papers.roundup


def printed(newsletter: Newsletter, day: date, **votes: int) -> Edition:
    """An edition that went out that morning, of papers with so many votes."""
    papers = [make_paper(title=f"{name}: A Study") for name in votes]
    for paper, count in zip(papers, votes.values(), strict=True):
        make_listing(paper, date=day, vote_count=count)
    edition = make_edition(newsletter, papers=papers, date=day)
    Edition.objects.filter(pk=edition.pk).update(
        state=Edition.State.DONE,
        content_sha256="0" * 64,
        done_at=timezone.now(),
        audience_cutoff_at=newsletter.send_at(day),
        audience_frozen_at=newsletter.send_at(day),
    )
    edition.refresh_from_db()
    return edition


def titles(edition: Edition) -> list[str]:
    return [entry.paper.short_title for entry in edition.printed_entries()]


def test_the_default_newsletter_has_one_on_saturday_mornings(daily_papers, weekly):
    assert weekly.slug == "weekly-papers"
    seoul = ZoneInfo("Asia/Seoul")
    found = weekly.next_send_at(datetime(2024, 7, 3, tzinfo=seoul))
    assert found == datetime(2024, 7, 6, 7, tzinfo=seoul)


def test_it_prints_the_best_of_seven_days_whatever_day_they_stood_in(daily_papers, weekly):
    printed(daily_papers, FRIDAY - timedelta(days=7), Old=900)
    printed(daily_papers, FRIDAY - timedelta(days=6), Saturday=40)
    printed(daily_papers, FRIDAY - timedelta(days=2), Wednesday=50, Weak=1)
    printed(daily_papers, FRIDAY, Friday=45)
    printed(daily_papers, FRIDAY + timedelta(days=1), Next=900)
    weekly.max_entries = 3
    weekly.save()

    edition = compose_edition(weekly, FRIDAY)

    assert titles(edition) == ["Wednesday", "Friday", "Saturday"]
    assert [entry.vote_count for entry in edition.printed_entries()] == [50, 45, 40]


def test_it_leaves_out_what_editors_hid_what_was_withdrawn_and_what_never_came_out(
    daily_papers, weekly
):
    edition = printed(daily_papers, FRIDAY, Good=5, Hidden=9, Withdrawn=8)
    edition.entries.filter(paper__title__startswith="Hidden").update(hidden=True)
    withdrawn = edition.entries.get(paper__title__startswith="Withdrawn").paper
    withdrawn.withdrawn_at = timezone.now()
    withdrawn.save()
    cancelled = printed(daily_papers, FRIDAY - timedelta(days=1), Cancelled=7)
    Edition.objects.filter(pk=cancelled.pk).update(state="cancelled", audience_frozen_at=None)

    assert titles(compose_edition(weekly, FRIDAY)) == ["Good"]


def test_no_paper_comes_in_two_roundups_and_the_daily_editions_do_not_care(daily_papers, weekly):
    paper = make_paper(title="Twice: A Study")
    for day in (FRIDAY, FRIDAY + timedelta(days=3)):
        make_listing(paper, date=day, vote_count=9)
    first = printed(daily_papers, FRIDAY, Once=5)
    first.entries.create(paper=paper, position=2)
    second = printed(daily_papers, FRIDAY + timedelta(days=3), Later=5)
    second.entries.create(paper=paper, position=2)

    assert titles(compose_edition(weekly, FRIDAY)) == ["Twice", "Once"]
    assert titles(compose_edition(weekly, FRIDAY + timedelta(days=7))) == ["Later"]
    make_listing(make_paper(title="New: A Study"), date=FRIDAY + timedelta(days=4))
    daily = compose_edition(daily_papers, FRIDAY + timedelta(days=4))
    assert titles(daily) == ["New"]


@pytest.mark.parametrize(("ahead", "state"), [(2, "collecting"), (-7, "draft")])
def test_it_waits_for_the_last_edition_of_its_week_to_be_built_until_its_own_time(
    daily_papers, weekly, ahead, state
):
    day = timezone.now().date() + timedelta(days=ahead)
    printed(daily_papers, day - timedelta(days=1), Before=5)
    make_edition(daily_papers, papers=0, date=day, state=Edition.State.COLLECTING)
    edition = Edition.objects.create(newsletter=weekly, date=day, not_before=weekly.send_at(day))

    build_edition(edition.pk)

    edition.refresh_from_db()
    assert (edition.state, titles(edition)) == (state, ["Before"] if state == "draft" else [])


def test_each_reader_gets_the_dailies_or_the_roundup(relay, daily_papers, weekly):
    make_subscription("daily@example.org")
    make_subscription("weekly@example.org", rhythm=Rhythm.WEEKLY)
    printed(daily_papers, FRIDAY, Friday=5)
    daily = approve_edition(make_edition(daily_papers, date=FRIDAY + timedelta(days=3)))
    roundup = approve_edition(compose_edition(weekly, FRIDAY))

    deliver_edition(daily)
    to_daily = list(relay.recipients)
    deliver_edition(roundup)

    assert to_daily == ["daily@example.org"]
    assert relay.recipients == ["daily@example.org", "weekly@example.org"]
    assert verify_edition(daily) == verify_edition(roundup) == []
    message = relay.messages()[-1]
    assert "<weekly-papers." in message["List-Id"]


def test_a_papers_page_tells_of_the_edition_that_brought_it_first(client, daily_papers, weekly):
    daily = printed(daily_papers, FRIDAY - timedelta(days=2), Wednesday=5)
    roundup = approve_edition(compose_edition(weekly, FRIDAY))
    begin(roundup)
    paper = daily.entries.get().paper

    page = client.get(f"/en/p/{paper.canonical_id}/").text

    assert "/en/2024-07-03/" in page
    assert "weekly-papers" not in page


def test_its_link_leaves_the_newsletter_that_was_asked_for(relay, daily_papers, weekly):
    reader = make_subscription("weekly@example.org", rhythm=Rhythm.WEEKLY)
    printed(daily_papers, FRIDAY, Friday=5)

    deliver_edition(approve_edition(compose_edition(weekly, FRIDAY)))

    assert relay.messages()[0]["List-Unsubscribe"] == f"<{links.unsubscribe_url(reader.pk)}>"


def test_whoever_chose_it_in_the_week_gets_it_without_the_dailies_they_had(daily_papers, weekly):
    days = [FRIDAY - timedelta(days=back) for back in (3, 2, 1, 0)]
    for day, votes in zip(days, (40, 30, 20, 10), strict=True):
        printed(daily_papers, day, **{f"Day{day.day}": votes})
    moments = {
        "always": None,
        "tuesday": daily_papers.send_at(days[0]) + timedelta(hours=1),
        "thursday": daily_papers.send_at(days[2]),
        "friday": daily_papers.send_at(days[3]) + timedelta(hours=1),
    }
    for name, moment in moments.items():
        make_subscription(f"{name}@example.org", rhythm=Rhythm.WEEKLY, weekly_since=moment)
    roundup = approve_edition(compose_edition(weekly, FRIDAY))

    begin(roundup)

    rows = {row.subscriber.email.partition("@")[0]: row for row in roundup.deliveries.all()}
    mails = {name: frozen(row.rendition).text for name, row in rows.items()}
    found = {
        name: [day.day for day in days if f"Day{day.day}: A Study" in text]
        for name, text in mails.items()
    }
    assert found == {
        "always": [2, 3, 4, 5],
        "tuesday": [3, 4, 5],
        "thursday": [5],
        "friday": [2, 3, 4, 5],
    }
    assert (rows["friday"].state, rows["thursday"].state) == ("suppressed", "pending")
    assert "이번 주에 이미 받으신 3편을 뺐습니다." in mails["thursday"]
    assert verify_edition(roundup) == []


def test_the_moment_of_the_choice_is_kept_once_and_forgotten_with_it(emma):
    choose(emma, rhythm=Rhythm.WEEKLY)
    first = emma.weekly_since
    choose(emma, rhythm=Rhythm.WEEKLY, hour=7)
    again = emma.weekly_since
    choose(emma, rhythm=Rhythm.DAILY)

    assert abs(first - timezone.now()) < timedelta(seconds=5)
    assert (again, emma.weekly_since) == (first, None)


def test_less_often_is_one_button_beside_leaving(emma):
    stranger = Client(enforce_csrf_checks=True)
    path = f"/u/{links.unsubscribe_token(emma.pk)}/"

    offered = stranger.get(path).text
    answer = stranger.post(f"{path}weekly/").text
    emma.refresh_from_db()

    assert f'action="{path}weekly/"' in offered
    assert "Once a week from now on." in answer
    assert emma.rhythm == Rhythm.WEEKLY


def test_without_a_roundup_nobody_is_offered_one(emma, weekly):
    weekly.is_active = False
    weekly.save()
    stranger = Client(enforce_csrf_checks=True)
    path = f"/u/{links.unsubscribe_token(emma.pk)}/"

    assert "weekly/" not in stranger.get(path).text
    assert "Once a week" not in stranger.get(f"{path}choices/").text
    assert stranger.post(f"{path}weekly/").status_code == 404


@pytest.mark.parametrize("wrong", ["itself", "a roundup", "a language"])
def test_a_roundup_is_of_a_newsletter_with_readers_in_its_languages(daily_papers, weekly, wrong):
    if wrong == "itself":
        weekly.roundup_of = weekly
    elif wrong == "a roundup":
        weekly = Newsletter(slug="x", name="X", roundup_of=weekly)
    else:
        weekly.languages = ["ko", "fr"]

    with pytest.raises(ValidationError) as refused:
        weekly.full_clean(exclude=["slug"])

    assert set(refused.value.message_dict) <= {"roundup_of", "languages"}
