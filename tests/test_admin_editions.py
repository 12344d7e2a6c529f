from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.compose import compose_edition
from newsletter.models import Edition
from tests.desk import desk_url, filled_form, said, save
from tests.factories import DAY, make_edition, make_editor

State = Edition.State
LIST = "/admin/newsletter/edition/"


@pytest.fixture
def desk(client, db):
    client.force_login(make_editor())
    return client


def press(client, edition, verb, **fields):
    """A button of the page as it stands now."""
    edition.refresh_from_db()
    return client.post(f"{LIST}{edition.pk}/do/{verb}/", {"seen_version": edition.version} | fields)


def state_of(edition):
    return Edition.objects.values_list("state", flat=True).get(pk=edition.pk)


def test_a_skipped_edition_shows_the_recorded_reason(desk, daily_papers):
    edition = compose_edition(daily_papers, date(2024, 7, 6))

    pages = [desk.get(url).content.decode() for url in (LIST, desk_url(edition), "/admin/")]

    assert ["No papers are listed on 2024-07-06, a Saturday." in page for page in pages] == [
        True,
        True,
        True,
    ]


def test_the_list_says_in_korean_and_in_english_where_an_edition_stands(desk):
    edition = make_edition()
    edition.hold("A picture is wrong.")

    korean, english = (desk.get(f"{at}{LIST}").content.decode() for at in ("", "/en"))

    assert "초안, 멈춤" in korean
    assert "draft, on hold" in english
    assert "A picture is wrong." in english


def test_the_list_shows_what_became_of_the_readers(desk):
    counts = {"audience_count": 5, "accepted": 3, "assumed_sent": 1, "rejected": 1}
    edition = make_edition()
    Edition.objects.filter(pk=edition.pk).update(final_counts=counts)
    Edition.objects.filter(pk=edition.pk).update(
        state=State.DONE,
        content_sha256="0",
        audience_frozen_at="2024-07-04T00:00Z",
        done_at="2024-07-04T00:00Z",
    )

    page = desk.get(f"/en{LIST}").content.decode()

    assert "3 of 5 sent, 1 in doubt, 1 rejected" in page


def test_approving_freezes_the_edition_in_the_editors_name(desk):
    edition = make_edition()

    response = press(desk, edition, "approve")

    edition.refresh_from_db()
    assert (edition.state, edition.approved_by.username) == (State.APPROVED, "kim")
    assert said(response) == ["승인했습니다. 독자는 미리보기 그대로 받습니다."]


def test_a_second_click_on_approve_changes_nothing(desk):
    edition = make_edition()
    seen = {"seen_version": edition.version}
    url = f"{LIST}{edition.pk}/do/approve/"

    desk.post(url, seen)
    first = Edition.objects.values().get(pk=edition.pk)
    again = desk.post(url, seen)

    assert Edition.objects.values().get(pk=edition.pk) == first
    assert said(again)[-1] == "여신 뒤에 지면이 바뀌었습니다. 다시 살펴봐 주세요."


def test_approve_pressed_on_the_page_saves_first(desk):
    edition = make_edition()
    form = filled_form(desk, desk_url(edition))

    desk.post(
        desk_url(edition), form | {"renditions-0-subject": "소포", "_then": "approve"}, follow=True
    )

    rendition = edition.renditions.get(language="ko")
    assert state_of(edition) == State.APPROVED
    assert (rendition.subject, rendition.frozen_subject) == ("소포", "소포")


def test_several_drafts_are_approved_on_the_list(desk):
    drafts = [make_edition(date=date(2024, 7, day)) for day in (2, 3)]
    done = make_edition(date=date(2024, 7, 4), state=State.CANCELLED)
    keys = [edition.pk for edition in [*drafts, done]]

    response = desk.post(LIST, {"action": "approve_selected", "_selected_action": keys})

    assert [state_of(each) for each in drafts] == [State.APPROVED, State.APPROVED]
    assert state_of(done) == State.CANCELLED
    assert "지면이 ‘취소됨’ 상태라서 할 수 없습니다." in said(response)


def test_an_edition_with_nothing_to_print_is_not_approved(desk):
    edition = make_edition()
    edition.entries.update(hidden=True)

    response = press(desk, edition, "approve")

    assert state_of(edition) == State.DRAFT
    assert said(response) == ["실을 논문이 없습니다. 논문을 넣거나 뺀 것을 다시 넣어 주세요."]


def test_an_approved_edition_is_read_only_and_says_why(desk):
    edition = make_edition()
    form = filled_form(desk, desk_url(edition))
    press(desk, edition, "approve")

    page = desk.get(desk_url(edition)).content.decode()
    response = desk.post(desk_url(edition), form | {"entries-0-note": "Too late."})

    assert "승인한 지면입니다. 고치려면 먼저 승인을 거두어 주세요." in page
    assert "<textarea" not in page
    assert said(response)[-1] == "승인한 지면입니다. 고치려면 먼저 승인을 거두어 주세요."
    assert edition.entries.get().note == ""


def test_an_approval_taken_back_makes_it_a_draft_again(desk):
    edition = make_edition()
    press(desk, edition, "approve")

    press(desk, edition, "reopen")
    save(desk, edition, **{"entries-0-note": "In time."})

    assert state_of(edition) == State.DRAFT
    assert edition.entries.get().note == "In time."


def test_an_edition_on_hold_waits_for_its_reason_until_it_is_let_go(desk):
    edition = make_edition()

    press(desk, edition, "hold", reason="A picture is wrong.")
    held = Edition.objects.get(pk=edition.pk).hold_reason
    press(desk, edition, "resume")

    assert (held, Edition.objects.get(pk=edition.pk).hold_reason) == ("A picture is wrong.", "")


def test_a_hold_without_a_reason_names_the_editor(desk):
    edition = make_edition()

    press(desk, edition, "hold")

    assert Edition.objects.get(pk=edition.pk).hold_reason == "kim 님이 멈추게 했습니다."


def test_cancelling_asks_first(desk):
    edition = make_edition()

    question = press(desk, edition, "cancel")
    before = state_of(edition)
    press(desk, edition, "cancel", sure="yes", reason="Wrong day.")

    edition.refresh_from_db()
    assert "되돌릴 수 없습니다." in question.content.decode()
    assert (before, edition.state, edition.reason) == (State.DRAFT, State.CANCELLED, "Wrong day.")


def test_a_proof_goes_to_the_editors_own_address_in_each_language(client, db):
    client.force_login(make_editor(email="kim@paperboy.example"))
    edition = make_edition()

    response = press(client, edition, "proof")

    assert said(response) == ["언어별로 한 통씩 보냈습니다."]
    assert [sent.to for sent in mail.outbox] == [["kim@paperboy.example"]] * 2


def test_an_editor_without_an_address_is_told_so(desk):
    response = press(desk, make_edition(), "proof")

    assert said(response) == ["계정에 메일 주소가 없습니다. 주소를 적고 다시 눌러 주세요."]
    assert mail.outbox == []


def test_a_proof_that_could_not_be_mailed_is_a_message(client, settings, db):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client.force_login(make_editor(email="kim@paperboy.example"))

    response = press(client, make_edition(), "proof")

    assert said(response) == ["보내지 못했습니다: ConnectionRefusedError."]


def test_verbs_are_not_for_get(desk):
    edition = make_edition()

    answer = desk.get(f"{LIST}{edition.pk}/do/approve/")

    assert (answer.status_code, state_of(edition)) == (405, State.DRAFT)


def test_who_may_only_look_can_look_and_change_nothing(client, db):
    client.force_login(make_editor("lee", may="view"))
    edition = make_edition()

    page = client.get(desk_url(edition))
    saved = client.post(desk_url(edition), {"seen_version": 0, "entries-0-note": "Mine."})
    approved = press(client, edition, "approve")
    client.post(LIST, {"action": "approve_selected", "_selected_action": [edition.pk]})

    assert page.status_code == 200
    assert b"<textarea" not in page.content
    assert (saved.status_code, approved.status_code) == (403, 403)
    assert (state_of(edition), edition.entries.get().note) == (State.DRAFT, "")


def test_who_has_no_permission_sees_no_edition(client, db, django_user_model):
    client.force_login(django_user_model.objects.create_user("park", is_staff=True))
    edition = make_edition()

    assert client.get(desk_url(edition)).status_code == 403
    assert client.get(f"{LIST}{edition.pk}/preview/ko/").status_code == 403


def test_a_longer_edition_costs_the_page_no_more_queries(desk):
    few, many = (make_edition(papers=n, date=date(2024, 7, n)) for n in (2, 12))
    desk.get(desk_url(few))

    counts = []
    for edition in (few, many):
        with CaptureQueriesContext(connection) as queries:
            desk.get(desk_url(edition))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_what_was_done_stands_in_the_history(desk):
    edition = make_edition()
    press(desk, edition, "approve")

    page = desk.get(f"{LIST}{edition.pk}/history/").content.decode()

    assert "승인" in page


def test_the_list_says_of_which_edition_the_check_found_something_wrong(desk):
    edition = make_edition()
    make_edition(date=DAY + timedelta(days=1))
    breach = {"check": "left_behind", "count": 1, "examples": []}
    Edition.objects.filter(pk=edition.pk).update(breaches=[breach])

    page = desk.get(f"/en{LIST}").content.decode()

    assert page.count("The check of its deliveries found something wrong: open it.") == 1
