from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.models import AuditEntry, Edition, Supplement
from newsletter.tasks import send_edition
from tests.desk import desk_url, filled_form, said, save
from tests.factories import (
    DAY,
    make_done_edition,
    make_leaving_edition,
    make_member,
    make_subscription,
)

AT = "/en/admin/newsletter/edition/"


@pytest.fixture
def edition(alice, emma) -> Edition:
    edition = make_done_edition()
    make_subscription("late@example.org", confirmed_at=timezone.now())
    return edition


def order(client, edition, *whom, version=None):
    edition.refresh_from_db()
    seen = edition.version if version is None else version
    fields = {"whom": whom, "seen_version": seen}
    return client.post(f"{AT}{edition.pk}/without/", fields)


def state_of(edition):
    return Edition.objects.values_list("state", flat=True).get(pk=edition.pk)


def test_the_page_says_how_many_have_not_got_it_and_orders_nothing(desk, edition):
    page = desk.get(f"{AT}{edition.pk}/without/")

    assert [(value, count) for value, _, count in page.context["groups"]] == [
        ("newcomers", 1),
        ("rejected", 0),
        ("expired", 0),
        ("doubtful", 0),
    ]
    assert state_of(edition) == "done"


def test_of_the_newest_one_it_says_that_new_readers_were_welcomed_with_it(desk, edition):
    said_of_newest = welcomed(desk, edition)
    make_leaving_edition(edition.newsletter, date=DAY + timedelta(days=1))

    assert (said_of_newest, welcomed(desk, edition)) == (True, False)


def welcomed(client, edition):
    return "the mail that welcomed them" in client.get(f"{AT}{edition.pk}/without/").text


def test_an_order_is_carried_out_and_noted(desk, edition):
    answer = order(desk, edition, "newcomers")

    assert said(answer) == ["Within a minute it goes to those without it."]
    assert (state_of(edition), Supplement.objects.get().ordered_by) == ("freezing", "kim")
    (entry,) = AuditEntry.objects.about(Edition, str(edition.pk))
    assert (entry.act, entry.words) == ("without", "Send to those without it")


@pytest.mark.parametrize(("whom", "got"), [("newcomers", ["late@example.org"]), ("rejected", [])])
def test_an_order_wakes_a_worker_who_is_done_with_it_before_the_clock_looks(
    relay, desk, edition, django_capture_on_commit_callbacks, whom, got
):
    with django_capture_on_commit_callbacks() as wake_ups:
        order(desk, edition, whom)

    send_edition(edition.pk)

    assert (len(wake_ups), relay.recipients, state_of(edition)) == (1, got, "done")


def test_of_two_editors_the_second_orders_nothing(desk, edition):
    version = Edition.objects.get(pk=edition.pk).version
    order(desk, edition, "newcomers", version=version)
    Edition.objects.filter(pk=edition.pk).update(state="done", done_at=timezone.now())
    Supplement.objects.update(filled_at=timezone.now())

    order(desk, edition, "newcomers", version=version)

    assert Supplement.objects.count() == 1


@pytest.mark.parametrize("whom", [[], ["everybody"]])
def test_whoever_chooses_nobody_is_asked_to_choose(desk, edition, whom):
    page = order(desk, edition, *whom).content.decode()

    assert "Choose to whom it shall go." in page
    assert state_of(edition) == "done"


def test_an_edition_that_is_not_done_leads_back_to_its_page(desk, edition):
    Edition.objects.filter(pk=edition.pk).update(state="cancelled")

    answer = desk.get(f"{AT}{edition.pk}/without/")

    assert answer.status_code == 302
    assert said(answer)[0].startswith("Only an edition that is done")


@pytest.mark.parametrize("what", ["without", "correct"])
def test_whoever_may_not_publish_orders_nothing(client, edition, what):
    client.force_login(make_member("editor"))

    answer = client.post(f"{AT}{edition.pk}/{what}/", {"whom": "newcomers"})
    page = client.get(desk_url(edition)).content.decode()

    assert answer.status_code == 403
    assert (Supplement.objects.count(), Edition.objects.count()) == (0, 1)
    assert f"/{what}/" not in page


@pytest.fixture
def correction(desk, edition):
    desk.post(f"{AT}{edition.pk}/correct/")
    return Edition.objects.get(corrects=edition)


def write(client, correction, **words):
    """The correction's words, by language."""
    fields = filled_form(client, desk_url(correction))
    numbers = {
        str(rendition.pk): name.split("-")[1]
        for rendition in correction.renditions.all()
        for name, value in fields.items()
        if name.endswith("-id") and value == str(rendition.pk)
    }
    changes = {
        f"renditions-{numbers[str(correction.renditions.get(language=code).pk)]}-intro": said
        for code, said in words.items()
    }
    return save(client, correction, **changes)


def test_a_correction_is_written_previewed_and_approved_like_an_edition(desk, correction):
    write(desk, correction, ko="틀렸습니다.", en="It was wrong.")
    page = desk.get(desk_url(correction))
    preview = desk.get(f"/admin/newsletter/edition/{correction.pk}/preview/en/").content.decode()
    correction.refresh_from_db()
    desk.post(f"{AT}{correction.pk}/do/approve/", {"seen_version": correction.version})

    assert len(page.context["desk"].previews) == 2
    assert "compose" not in page.context["desk"].verbs
    assert "It was wrong." in preview
    assert state_of(correction) == "approved"


def test_without_words_it_is_not_approved(desk, correction):
    write(desk, correction, en="It was wrong.")
    correction.refresh_from_db()

    answer = desk.post(f"{AT}{correction.pk}/do/approve/", {"seen_version": correction.version})

    assert said(answer)[-1] == "Write what was wrong and what is right, in each language."
    assert state_of(correction) == "draft"


def test_the_edition_and_its_correction_lead_to_each_other(desk, edition, correction):
    pages = [desk.get(desk_url(each)).content.decode() for each in (edition, correction)]

    assert desk_url(correction).removeprefix("/en") in pages[0]
    assert desk_url(edition).removeprefix("/en") in pages[1]


def test_both_stand_in_the_list(desk, edition, correction):
    page = desk.get(AT).content.decode()

    assert page.count('class="day"') == 2
    assert "Correction" in page
