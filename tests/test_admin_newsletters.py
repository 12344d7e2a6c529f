import pytest

from newsletter.models import Newsletter
from tests.desk import filled_form, said
from tests.factories import make_editor, make_member, make_newsletter

ADD = "/admin/newsletter/newsletter/add/"


def url_of(newsletter):
    return f"/admin/newsletter/newsletter/{newsletter.pk}/change/"


def fill(desk, url, **fields):
    form = filled_form(desk, url, "newsletter_form") | fields
    return desk.post(url, form)


def test_another_newsletter_is_a_form_filled_in(desk):
    fill(
        desk,
        ADD,
        name="Weekend Papers",
        slug="weekend",
        weekdays=["6", "7"],
        languages=["ko", "en"],
        main_language="en",
        send_time="09:30",
        time_zone="Europe/Berlin",
        postal_address="1 Letter Lane",
    )

    made = Newsletter.objects.get(slug="weekend")
    assert (made.weekdays, made.languages) == ([6, 7], ["en", "ko"])
    assert (made.send_time.isoformat(), made.time_zone) == ("09:30:00", "Europe/Berlin")
    assert made.postal_address == "1 Letter Lane"


def test_a_category_of_arxiv_is_a_source(desk):
    newsletter = make_newsletter()
    chosen = {"source": "arxiv", "category": "cs.CL", "lag_days": "3"}

    fill(desk, url_of(newsletter), weekdays=["1"], languages=["ko"], **chosen)

    newsletter.refresh_from_db()
    assert newsletter.source == "arxiv:cs.CL"
    shown = filled_form(desk, url_of(newsletter), "newsletter_form")
    assert (shown["source"], shown["category"]) == ("arxiv", "cs.CL")


def test_saving_says_when_the_next_edition_goes_out(desk):
    newsletter = make_newsletter()

    answer = fill(
        desk,
        url_of(newsletter),
        weekdays=["1", "2", "3", "4", "5", "6", "7"],
        languages=["ko"],
        from_address="kim@news.example.org",
    )

    planned, records, *_ = said(answer)
    assert planned.startswith("다음 지면은") and planned.endswith("(Asia/Seoul) 나갑니다.")
    assert "news.example.org" in records


@pytest.mark.parametrize("source", ["huggingface", "arxiv:hep-th"])
def test_what_is_saved_unchanged_stays(desk, source):
    newsletter = make_newsletter(languages=["en", "ko"], weekdays=[1, 3], source=source, lag_days=3)
    before = Newsletter.objects.values().get(pk=newsletter.pk)

    form = {"weekdays": ["1", "3"], "languages": ["ko", "en"]}
    fill(desk, url_of(newsletter), **form)

    assert Newsletter.objects.values().get(pk=newsletter.pk) == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"time_zone": "Asia/Pyeongchang"}, "Asia/Pyeongchang는 IANA 시간대가 아닙니다"),
        ({"main_language": "en"}, "주된 언어를 언어 목록에서도 골라 주세요."),
        ({"from_address": "paper boy"}, "올바른 이메일 주소를 입력하세요."),
        ({"build_time": "08:00"}, "08:00에 만들기 시작해 07:00에 보내는 일정입니다."),
        ({"source": "newspapers"}, "올바르게 선택해 주세요."),
        ({"source": "arxiv"}, "arXiv의 분야를 하나 골라 주세요."),
        ({"source": "arxiv", "category": "cs.XX", "lag_days": "4"}, "arXiv의 분야를 하나"),
        ({"source": "arxiv", "category": "cs.CL", "lag_days": "1"}, "2 이상을 적어 주세요."),
        ({"from_address": "paper@gmail.com"}, "gmail.com은 다른 곳에서"),
        ({"languages": ["fr"], "main_language": "fr"}, "올바르게 선택해 주세요."),
    ],
)
def test_what_cannot_be_is_said_and_not_saved(desk, wrong, sentence):
    newsletter = make_newsletter(languages=["ko"])
    before = Newsletter.objects.values().get(pk=newsletter.pk)

    page = fill(desk, url_of(newsletter), **{"weekdays": ["1"], "languages": ["ko"]} | wrong)

    assert sentence in page.content.decode()
    assert Newsletter.objects.values().get(pk=newsletter.pk) == before


def test_its_name_in_links_stays_as_it_was_first_saved(desk, daily_papers):
    fill(desk, url_of(daily_papers), slug="renamed", weekdays=["1"], languages=["ko"], name="Later")

    daily_papers.refresh_from_db()
    assert (daily_papers.name, daily_papers.slug) == ("Later", Newsletter.DEFAULT_SLUG)


def test_an_operator_lets_no_draft_leave_unapproved(client, daily_papers):
    """Who may change a newsletter may not approve: whatever is posted, editions wait, and can be
    undone."""
    client.force_login(make_member("operator"))
    Newsletter.objects.update(approval_required=True, undo_seconds=60)
    form = filled_form(client, url_of(daily_papers), "newsletter_form")
    chosen = {"weekdays": ["1"], "languages": ["ko"], "name": "Later", "undo_seconds": "0"}

    client.post(url_of(daily_papers), form | chosen)  # a box that is not ticked is not posted

    daily_papers.refresh_from_db()
    assert daily_papers.name == "Later"
    assert (daily_papers.approval_required, daily_papers.undo_seconds) == (True, 60)


def test_what_an_operator_adds_has_the_usual_time_to_undo(client, db):
    client.force_login(make_member("operator"))
    chosen = {"weekdays": ["1"], "languages": ["ko"], "main_language": "ko", "undo_seconds": "0"}

    fill(client, ADD, name="Weekend", slug="weekend", **chosen)

    usual = Newsletter._meta.get_field("undo_seconds").default
    assert Newsletter.objects.get(slug="weekend").undo_seconds == usual


def test_no_newsletter_is_deleted_at_the_desk(desk, daily_papers):
    url = f"/admin/newsletter/newsletter/{daily_papers.pk}/delete/"

    assert desk.post(url, {"post": "yes"}).status_code == 403
    assert Newsletter.objects.filter(slug=Newsletter.DEFAULT_SLUG).exists()


def test_a_newsletter_needs_a_weekday(desk):
    newsletter = make_newsletter()

    page = fill(desk, url_of(newsletter), weekdays=[], languages=["ko"])

    assert page.status_code == 200
    assert Newsletter.objects.get(pk=newsletter.pk).weekdays == [1, 2, 3, 4, 5]


def test_who_may_only_look_sees_its_main_language(client, db):
    client.force_login(make_editor(may="view"))

    page = client.get(url_of(make_newsletter(languages=["en", "ko"])))

    assert page.status_code == 200
    assert "English" in page.content.decode()
