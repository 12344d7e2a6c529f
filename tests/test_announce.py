"""Editors are told by mail which drafts wait: once, and once more when their time has passed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.announce import GRACE, announce_drafts, language_of
from newsletter.models import Announcement, DeskLanguage, Edition
from tests.factories import make_edition, make_editor, make_newsletter, make_paper, make_visit
from tests.test_notify import Relay

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim():
    return make_editor("kim", email="kim@paperboy.example")


def waiting(newsletter, ahead=timedelta(hours=1), **fields) -> Edition:
    now = timezone.now()
    times = {"not_before": now + ahead, "expires_at": now + timedelta(hours=12)}
    return make_edition(newsletter, **(times | fields))


def told() -> list[tuple[str, str]]:
    return [(sent.to[0], sent.subject) for sent in mail.outbox]


def test_a_draft_is_announced_once_to_each_editor_with_the_way_to_the_desk(daily_papers, kim):
    make_editor("lee", email="lee@paperboy.example")
    edition = waiting(daily_papers)

    counts = announce_drafts(), announce_drafts()

    assert counts == (2, 0)
    assert told() == [
        ("kim@paperboy.example", "초안이 준비되었습니다: Daily Papers, 2024년 7월 3일 수요일"),
        ("lee@paperboy.example", "초안이 준비되었습니다: Daily Papers, 2024년 7월 3일 수요일"),
    ]
    url = f"https://paperboy.example/admin/newsletter/edition/{edition.pk}/change/"
    assert url in mail.outbox[0].body
    assert url in mail.outbox[0].alternatives[0].content


def test_it_is_written_once_for_all_editors_of_a_language(daily_papers):
    edition, asked = waiting(daily_papers), []
    for name in ("kim", "lee"):
        make_editor(name, email=f"{name}@paperboy.example")
        Announcement.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            announce_drafts()
        asked.append([query["sql"] for query in queries if "newsletter_visit" in query["sql"]])

    assert edition.announcements.count() == 2
    assert [len(each) for each in asked] == [1, 1]


def test_it_is_written_in_the_editors_language(daily_papers, kim):
    DeskLanguage.objects.create(editor=kim, language="en")
    daily_papers.approval_required = True
    daily_papers.save()
    edition = waiting(daily_papers, papers=[make_paper(title="Letters Home: A Map")])

    announce_drafts()

    (sent,) = mail.outbox
    assert sent.subject == "A draft is ready: Daily Papers, Wednesday, 3 July 2024"
    assert f"/en/admin/newsletter/edition/{edition.pk}/change/" in sent.body
    assert "Letters Home\n" in sent.body
    assert "once you have approved it" in sent.body


def test_a_draft_that_goes_by_itself_says_so_and_what_stops_it(daily_papers, kim):
    DeskLanguage.objects.create(editor=kim, language="en")
    dead = "https://code.example/parcels"
    make_visit(dead, state="gone", said="HTTP 404 Not Found")
    waiting(daily_papers, papers=[make_paper(code_url=dead)])

    announce_drafts()

    said = " ".join(mail.outbox[0].body.split())
    assert "It leaves by itself on" in said
    assert f"This stops it: - A link of no. 1 leads nowhere: {dead}" in said


def test_a_reminder_goes_once_when_the_send_time_has_passed(daily_papers, kim):
    edition = waiting(daily_papers)
    announce_drafts()
    Edition.objects.update(not_before=timezone.now() - GRACE, hold_reason="A picture is wrong.")

    counts = announce_drafts(), announce_drafts()

    assert counts == (1, 0)
    assert told()[-1][1] == "아직 승인을 기다립니다: Daily Papers, 2024년 7월 3일 수요일"
    assert "멈추어 두었습니다: A picture is wrong." in mail.outbox[-1].body
    assert list(edition.announcements.values_list("kind", flat=True)) == ["draft", "late"]


def test_who_has_just_taken_an_approval_back_is_not_reminded_at_once(daily_papers, kim):
    edition = waiting(daily_papers, ahead=-GRACE, reopened_at=timezone.now())
    Announcement.objects.create(edition=edition, editor=kim, kind="draft")

    assert announce_drafts() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"state": Edition.State.APPROVED},
        {"state": Edition.State.CANCELLED},
        {"not_before": None},  # built by hand
        {"expires_at": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_what_does_not_wait_is_not_announced(daily_papers, kim, fields):
    waiting(daily_papers, **fields)

    assert announce_drafts() == 0


def test_a_newsletter_out_of_print_announces_nothing(kim):
    waiting(make_newsletter(is_active=False))

    assert announce_drafts() == 0


def test_those_are_told_who_may_edit_and_have_an_address(daily_papers, django_user_model):
    make_editor("lee", may="view", email="lee@paperboy.example")
    make_editor("park")
    make_editor("choi", email="choi@paperboy.example", is_active=False)
    group = Group.objects.create(name="editors of a house")
    group.permissions.add(Permission.objects.get(codename="change_edition"))
    by_group = django_user_model.objects.create_user("yoon", "yoon@paperboy.example", is_staff=True)
    by_group.groups.add(group)
    django_user_model.objects.create_superuser("root", "root@paperboy.example")
    waiting(daily_papers)

    announce_drafts()

    assert [address for address, _ in told()] == ["yoon@paperboy.example", "root@paperboy.example"]


def test_what_surely_did_not_leave_is_tried_again_and_what_may_have_is_not(daily_papers, settings):
    settings.EMAIL_BACKEND = f"{Relay.__module__}.{Relay.__name__}"
    make_editor("kim", email="later@paperboy.example")
    make_editor("lee", email="dropped@paperboy.example")
    waiting(daily_papers)

    announce_drafts()

    kept = Announcement.objects.values_list("editor__username", flat=True)
    assert list(kept) == ["lee"]


def test_an_editor_without_a_language_of_ours_reads_the_newsletters(daily_papers, kim):
    edition = waiting(daily_papers)
    DeskLanguage.objects.create(editor=kim, language="xx")

    assert language_of(kim, edition) == "ko"
