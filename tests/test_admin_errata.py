"""Errata at the desk: they wait, and an editor decides."""

import pytest
from django.utils import timezone

from newsletter.deliver import cancel_edition
from newsletter.models import AuditEntry, Edition, Erratum, Subscription
from tests.desk import said
from tests.factories import make_done_edition, make_leaving_edition, make_member

AT = "/en/admin/newsletter/erratum/"
FIGURE = {
    "part": "performance_highlights",
    "language": "ko",
    "printed": "소포의 92.5%를 찾았습니다.",
    "now": "It finds 87.1% of all parcels.",
    "figures": ["92.5%"],
}


@pytest.fixture
def edition(alice, emma) -> Edition:
    return make_done_edition()


@pytest.fixture
def revised(edition) -> Erratum:
    return make_erratum(edition, kind="revised", version=2, differences=[FIGURE])


def make_erratum(edition: Edition, **fields) -> Erratum:
    fields = {"kind": "withdrawn", "found_at": timezone.now()} | fields
    return Erratum.objects.create(edition=edition, paper=edition.entries.get().paper, **fields)


def press(client, erratum, verb, **fields):
    return client.post(f"{AT}{erratum.pk}/{verb}/", fields)


def listed(client, query=""):
    return [each.pk for each in client.get(f"{AT}{query}").context["cl"].result_list]


def test_the_list_shows_what_waits_and_the_rest_when_asked(desk, edition, revised):
    now = timezone.now()
    done = make_erratum(edition, settled_at=now, how="nothing")
    quiet = make_erratum(edition, kind="revised", version=3, settled_at=now, how="untouched")

    assert listed(desk) == [revised.pk]
    assert listed(desk, "?state=settled") == [done.pk]
    assert listed(desk, "?state=untouched") == [quiet.pk]
    assert set(listed(desk, "?state=all")) == {revised.pk, done.pk, quiet.pk}


def test_the_page_says_what_was_printed_and_what_is_true_now_in_each_language(desk, revised):
    page = desk.get(f"{AT}{revised.pk}/change/").text

    assert "소포의 92.5%를 찾았습니다." in page
    assert "It finds 87.1% of all parcels." in page
    assert "The authors have revised" in page
    assert "저자가 논문을 고쳐 새로 냈습니다" in page


def test_pressing_the_button_leads_into_the_draft_of_a_correction(desk, edition, revised):
    answer = press(desk, revised, "correct")

    draft = edition.corrections.get()
    revised.refresh_from_db()
    intros = dict(draft.renditions.values_list("language", "intro"))
    assert answer.url.endswith(f"/newsletter/edition/{draft.pk}/change/")
    assert "92.5%" in intros["ko"]
    assert "version 2" in intros["en"]
    assert (revised.how, revised.correction, draft.state) == ("correction", draft, "draft")
    assert not Erratum.objects.open().exists()


def test_two_errata_of_an_edition_stand_in_one_correction(desk, edition, revised):
    withdrawn = make_erratum(edition)

    press(desk, revised, "correct")
    press(desk, withdrawn, "correct")

    intro = edition.corrections.get().renditions.get(language="en").intro
    assert intro.count("The authors have revised") == 1
    assert intro.count("The authors have withdrawn") == 1


def test_a_correction_that_is_given_up_leaves_its_erratum_open(desk, edition, revised):
    press(desk, revised, "correct")
    cancel_edition(edition.corrections.get(), "not needed")

    assert listed(desk) == [revised.pk]
    press(desk, revised, "correct")
    assert edition.corrections.count() == 2


def test_an_erratum_is_settled_with_a_reason(desk, revised):
    press(desk, revised, "settle", reason="The figure was rounded.")

    revised.refresh_from_db()
    (entry,) = AuditEntry.objects.about(Erratum, str(revised.pk))
    assert (revised.how, revised.reason) == ("nothing", "The figure was rounded.")
    assert (revised.settled_by_name, entry.reason) == ("kim", "The figure was rounded.")


def test_without_a_reason_it_stays_open(desk, revised):
    page = press(desk, revised, "settle", reason=" ")

    assert page.context["form"].errors
    assert listed(desk) == [revised.pk]


def test_of_two_who_decide_the_second_is_told(desk, revised):
    press(desk, revised, "settle", reason="The figure was rounded.")

    answer = press(desk, revised, "correct")

    assert said(answer)[-1] == "Someone else has settled this already."
    assert not Edition.objects.exclude(corrects=None).exists()


def test_an_edition_on_its_way_cannot_be_corrected_yet(desk, db):
    erratum = make_erratum(make_leaving_edition())

    page = desk.get(f"{AT}{erratum.pk}/change/").text
    answer = press(desk, erratum, "correct")

    assert "once the edition is done" in page
    assert len(said(answer)) == 1
    assert Erratum.objects.open().exists()


@pytest.mark.parametrize(("role", "may"), [("editor", False), ("publisher", True)])
def test_editors_look_and_publishers_decide(client, revised, role, may):
    client.force_login(make_member(role))

    page = client.get(f"{AT}{revised.pk}/change/")

    assert page.status_code == 200
    assert ("Draft the correction" in page.text) is may
    assert press(client, revised, "correct").status_code == (302 if may else 403)


def test_the_front_page_says_that_some_wait(desk, revised):
    assert "1 printed paper was withdrawn or revised since" in desk.get("/en/admin/").text

    Erratum.objects.update(settled_at=timezone.now(), how="nothing")
    assert "withdrawn or revised since" not in desk.get("/en/admin/").text


def test_nothing_is_mailed_by_any_of_it(desk, revised):
    press(desk, revised, "correct")

    assert Edition.objects.get(corrects=revised.edition).deliveries.count() == 0
    assert Subscription.objects.count() == 2
