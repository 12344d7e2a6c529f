import pytest

from newsletter.models import AuditEntry, Channel, Delivery, Edition
from tests.desk import desk_url, said
from tests.factories import (
    make_delivery,
    make_edition,
    make_leaving_edition,
    make_member,
    make_slice,
)

State = Delivery.State
AT = "/en/admin/newsletter/edition/"


@pytest.fixture
def edition(daily_papers) -> Edition:
    """Two of four are accepted, one is in doubt, one waits."""
    edition = make_leaving_edition(daily_papers, audience_count=4)
    part = make_slice(edition, size=3, accepted_count=2)
    for state in (State.ACCEPTED, State.ACCEPTED, State.IN_DOUBT):
        make_delivery(edition, part=part, state=state)
    make_delivery(edition)
    return edition


def figures(response):
    going = response.context["going"]
    balance = going.progress.balance
    return balance.accepted, balance.left_count, balance.doubtful_count, going.handled_count


def fragment(client, edition):
    return client.get(f"{AT}{edition.pk}/progress/?version={edition.version}")


def test_the_page_and_the_fragment_say_how_it_stands(desk, edition):
    answers = [desk.get(f"{AT}{edition.pk}/change/"), fragment(desk, edition)]

    assert [figures(answer) for answer in answers] == [(2, 1, 1, 3)] * 2
    assert 'max="4" value="3"' in answers[1].content.decode()
    assert "HX-Refresh" not in answers[1]


def test_the_page_is_loaded_anew_when_the_edition_has_moved_on(desk, edition):
    seen = Edition.objects.get(pk=edition.pk)
    edition.hold("wait")

    assert fragment(desk, seen)["HX-Refresh"] == "true"


def test_an_edition_that_is_done_is_asked_for_no_more(desk, edition):
    Edition.objects.filter(pk=edition.pk).update(state="cancelled")

    assert "hx-trigger" not in fragment(desk, edition).content.decode()


def test_one_that_is_not_frozen_yet_says_so(desk, daily_papers):
    edition = make_leaving_edition(daily_papers, state="freezing", audience_frozen_at=None)

    assert "Its readers are being written down" in fragment(desk, edition).content.decode()


def test_the_fragment_costs_the_same_however_many_slices_there_are(
    desk, edition, django_assert_max_num_queries
):
    for _ in range(30):
        make_slice(edition, size=1, accepted_count=1)

    with django_assert_max_num_queries(11):
        fragment(desk, edition)


def test_the_page_of_an_edition_on_its_way_costs_a_bounded_number_of_queries(
    desk, edition, django_assert_max_num_queries
):
    with django_assert_max_num_queries(50):
        desk.get(desk_url(edition))


def test_a_draft_has_no_progress_and_no_pace(desk):
    page = desk.get(desk_url(make_edition())).content.decode()

    assert 'id="going"' not in page
    assert "newsletter_edition_pace" not in page


@pytest.fixture
def channel(edition) -> Channel:
    return Channel.objects.get(name="default")


def change(client, edition, channel, rate, seen=""):
    name = f"channel-{channel.pk}"
    fields = {"channel": channel.pk, f"{name}-rate": rate, f"{name}-seen_rate": seen}
    return client.post(f"{AT}{edition.pk}/pace/", fields)


def rate_of(channel):
    return Channel.objects.values_list("rate", flat=True).get(pk=channel.pk)


@pytest.mark.parametrize(("typed", "rate"), [("20", 20), ("0.5", 0.5), ("", None)])
def test_the_pace_is_the_channels(desk, edition, channel, typed, rate):
    Channel.objects.update(rate=7)

    change(desk, edition, channel, typed, seen="7.0")

    assert rate_of(channel) == rate


def test_the_change_is_said_and_noted(desk, edition, channel):
    answer = change(desk, edition, channel, "20")

    assert said(answer) == ["default: 20 mails a second at most."]
    for thing in (edition, channel):
        (entry,) = AuditEntry.objects.about(type(thing), str(thing.pk))
        assert (entry.act, entry.message) == ("pace", "default: 20 mails a second at most.")


@pytest.mark.parametrize("typed", ["0", "-1", "fast", "1e9"])
def test_a_rate_that_makes_no_sense_is_refused(desk, edition, channel, typed):
    answer = change(desk, edition, channel, typed)

    assert (rate_of(channel), len(said(answer))) == (None, 1)


def test_of_two_editors_the_second_is_told(desk, edition, channel):
    change(desk, edition, channel, "20")
    answer = change(desk, edition, channel, "5")

    assert rate_of(channel) == 20
    assert said(answer)[-1].startswith("Someone else has changed the pace")


def test_whoever_may_not_publish_changes_no_pace(client, edition, channel):
    client.force_login(make_member("editor"))

    page = client.get(desk_url(edition)).content.decode()
    answer = change(client, edition, channel, "20")

    assert (answer.status_code, rate_of(channel)) == (403, None)
    assert "/pace/" not in page


def test_the_pace_of_a_channel_that_is_not_there_is_not_changed(desk, edition):
    assert desk.post(f"{AT}{edition.pk}/pace/", {"channel": "999"}).status_code == 404
