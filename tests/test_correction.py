"""A correction: the editor's words to those who have an edition, once each."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from newsletter import due
from newsletter.approve import approve_edition
from newsletter.compose import compose_edition
from newsletter.correction import begin_correction, can_be_corrected, printed_corrections
from newsletter.deliver import balance_of, deliver_edition
from newsletter.models import Delivery, Edition, Slice, Subscription, Suppression, WrongState
from newsletter.roundup import week_of
from newsletter.subscribe import unsubscribe
from newsletter.verify import verify_edition
from tests.factories import DAY, make_edition, make_newsletter, make_slice, make_subscription

State = Delivery.State
WORDS = {"ko": "세 번째 논문의 링크가 틀렸습니다.", "en": "The third link was wrong."}
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(relay, daily_papers, alice, emma) -> Edition:
    """Done: Alice and Emma have it."""
    edition = approve_edition(make_edition(daily_papers))
    deliver_edition(edition)
    return edition


@pytest.fixture
def correction(edition) -> Edition:
    """A draft with its words."""
    draft = begin_correction(edition)
    for language, words in WORDS.items():
        draft.renditions.filter(language=language).update(intro=words)
    return draft


def sent(correction):
    approve_edition(correction)
    deliver_edition(correction)
    correction.refresh_from_db()
    return correction


def had_by(correction):
    rows = correction.deliveries.filter(state=State.ACCEPTED)
    return sorted(rows.values_list("subscriber__email", flat=True))


def test_it_goes_once_to_those_who_have_the_edition_and_to_nobody_else(relay, correction):
    make_subscription("late@example.org")

    sent(correction)
    deliver_edition(Edition.objects.get(pk=correction.pk))

    assert Counter(relay.recipients) == {"alice@example.org": 2, "emma@example.org": 2}
    assert correction.state == Edition.State.DONE
    assert verify_edition(correction) == []


def test_it_says_the_editors_words_in_the_readers_language_and_how_to_leave(relay, correction):
    sent(correction)

    mails = {mail["To"]: mail for mail in relay.messages()}  # the newest of each
    korean = mails["alice@example.org"].get_body(["html"]).get_content()
    english = mails["emma@example.org"].get_body(["plain"]).get_content()
    assert WORDS["ko"] in korean
    assert WORDS["en"] in english
    assert f"/en/{DAY}/" in english
    assert mails["emma@example.org"]["Subject"] == "A correction to Paperboy of 3 July"
    assert "/u/" in mails["emma@example.org"]["List-Unsubscribe"]
    assert "emma@example.org" in english


@pytest.mark.parametrize(
    ("state", "gets_it"),
    [
        (State.ACCEPTED, True),
        (State.IN_DOUBT, True),
        (State.ASSUMED_SENT, True),
        (State.REJECTED, False),
        (State.EXPIRED, False),
        (State.SUPPRESSED, False),
    ],
)
def test_whoever_has_the_edition_or_may_have_it_gets_it(edition, correction, alice, state, gets_it):
    accepted_at = timezone.now() if state == State.ACCEPTED else None
    edition.deliveries.filter(subscriber=alice.subscriber).update(
        state=state, accepted_at=accepted_at, in_doubt_at=timezone.now()
    )

    sent(correction)

    assert ("alice@example.org" in had_by(correction)) is gets_it
    assert verify_edition(correction) == []


def leaves(reader):
    unsubscribe(reader)


def is_suppressed(reader):
    Suppression.objects.create(address_key=reader.subscriber.address_key, reason="complained")


def takes_a_pause(reader):
    reader.paused_until = timezone.now() + timedelta(days=2)
    reader.save()


@pytest.mark.parametrize("does", [leaves, is_suppressed, takes_a_pause])
def test_whoever_must_not_be_mailed_gets_none(correction, alice, does):
    does(alice)

    sent(correction)

    assert had_by(correction) == ["emma@example.org"]
    assert verify_edition(correction) == []


def test_it_waits_for_nobodys_hour_or_day(correction, alice):
    Subscription.objects.filter(pk=alice.pk).update(hour=3, weekdays=1, rhythm="weekly")

    sent(correction)

    assert had_by(correction) == ["alice@example.org", "emma@example.org"]


def test_it_does_not_wait_for_the_send_time_of_its_edition(correction):
    in_three_days = timezone.now().date() + timedelta(days=3)
    Edition.objects.filter(pk=correction.pk).update(date=in_three_days)
    correction.refresh_from_db()

    approve_edition(correction)

    assert correction.not_before <= timezone.now()


def test_without_words_in_each_language_it_is_not_approved(correction):
    correction.renditions.filter(language="ko").update(intro="")

    with pytest.raises(WrongState):
        approve_edition(correction)


def test_it_is_never_approved_by_itself(correction, daily_papers):
    daily_papers.approval_required = False
    daily_papers.save()

    assert list(due.approvals_due(timezone.now())) == []


def test_two_editors_who_begin_one_write_the_same_and_the_next_one_is_another(edition, correction):
    again = begin_correction(edition)
    sent(correction)

    assert again == correction
    assert begin_correction(edition) != correction


@pytest.mark.parametrize(
    ("fields", "can"),
    [
        ({}, True),
        ({"state": Edition.State.CANCELLED}, True),
        ({"state": Edition.State.SENDING}, False),
        ({"state": Edition.State.CANCELLED, "audience_frozen_at": None}, False),
        ({"pruned_at": datetime(2026, 11, 23, tzinfo=UTC)}, False),
    ],
    ids=str,
)
def test_only_what_has_gone_out_can_be_corrected(edition, fields, can):
    for name, value in fields.items():
        setattr(edition, name, value)

    assert can_be_corrected(edition) is can


def test_a_correction_is_not_corrected_by_another(correction):
    with pytest.raises(WrongState):
        begin_correction(sent(correction))


def test_a_cancelled_edition_is_corrected_once_its_last_slice_is_settled(edition):
    edition.state = Edition.State.CANCELLED
    part = make_slice(edition, settled_at=None)

    before = can_be_corrected(edition)
    Slice.objects.filter(pk=part.pk).update(settled_at=timezone.now())

    assert (before, can_be_corrected(edition)) == (False, True)


@pytest.mark.parametrize(
    "fields",
    [{"pruned_at": timezone.now()}, {"state": Edition.State.SENDING}],
    ids=["its ledger is gone", "it is on its way again"],
)
def test_a_draft_that_would_miss_readers_by_now_is_not_approved(edition, correction, fields):
    Edition.objects.filter(pk=edition.pk).update(**fields)

    with override("en"), pytest.raises(WrongState, match="cannot be told now"):
        approve_edition(correction)


def test_one_that_was_approved_is_held_then_and_goes_out_later(relay, edition, correction):
    approve_edition(correction)
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.SENDING)
    deliver_edition(correction)
    correction.refresh_from_db()
    held = (correction.state, "cannot be told now" in correction.hold_reason)

    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.DONE)
    correction.resume()
    deliver_edition(correction)

    assert held == (Edition.State.APPROVED, True)
    assert had_by(correction) == ["alice@example.org", "emma@example.org"]


def test_the_page_of_the_edition_says_so_once_it_leaves_and_not_before(client, edition, correction):
    page = reverse("edition", args=[DAY])
    before = client.get(page).content.decode()
    sent(correction)

    assert WORDS["ko"] not in before
    assert WORDS["ko"] in client.get(page).content.decode()
    assert WORDS["en"] in client.get(f"/en{page}").content.decode()
    assert [each.intro for each in printed_corrections(edition, "en")] == [WORDS["en"]]


def test_nobody_takes_it_for_an_edition(client, edition, correction, daily_papers):
    sent(correction)

    listed = client.get(reverse("editions")).context["page"].object_list
    composed = Edition.objects.filter(corrects=None)
    with pytest.raises(WrongState, match="is done"):
        compose_edition(daily_papers, DAY)
    call_command("verify_edition", str(DAY))
    roundup = Edition(newsletter=make_newsletter(roundup_of=daily_papers), date=DAY)

    assert list(listed) == list(composed) == list(week_of(roundup)) == [edition]


@pytest.mark.parametrize("breaks", ["missing", "extra"])
def test_verifying_finds_who_was_forgotten_and_who_should_not_have_it(edition, correction, breaks):
    sent(correction)
    moment = timezone.now() + timedelta(minutes=1)
    Edition.objects.filter(pk=correction.pk).update(audience_cutoff_at=moment)
    row = correction.deliveries.first()
    if breaks == "missing":
        row.delete()
    else:
        edition.deliveries.filter(subscriber=row.subscriber_id).update(fence=0)
    correction.refresh_from_db()

    found = {breach.check: breach.count for breach in verify_edition(correction)}

    assert found[breaks] == 1


def test_its_balance_is_its_own(edition, correction):
    sent(correction)

    assert [balance_of(each).accepted for each in (edition, correction)] == [2, 2]
