"""The form for pages of others: what it says, and what becomes of what it sends."""

import pytest
from django.test import Client
from lxml import html

from newsletter.embed import embedded, snippet
from newsletter.limits import ASKED_BY_A_NETWORK, HOUR
from newsletter.models import Consent, Newsletter, Subscription
from tests.factories import make_editor, make_newsletter

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere():
    """A browser on another site, whose own language is a third one."""
    return Client(
        enforce_csrf_checks=True,
        REMOTE_ADDR="203.0.113.7",
        headers={"Origin": "https://blog.example.org", "Accept-Language": "fr"},
    )


def form_of(newsletter: Newsletter, language: str) -> html.FormElement:
    return html.fromstring(snippet(newsletter, language))


def post(client: Client, newsletter: Newsletter, language: str = "en", **fields: str):
    form = {"email": "dana@example.org"} | fields
    return client.post("/subscribe/", dict(form_of(newsletter, language).form_values()) | form)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_one_form_that_leads_to_us_with_a_name_for_each_field(daily_papers, language):
    text = snippet(daily_papers, language)
    form = html.fromstring(text)

    assert form.action == "https://paperboy.example/subscribe/"
    assert (form.method, form.get("lang")) == ("POST", language)
    assert [field.get("name") for field in form.iter("input")] == ["email", "website", "embedded"]
    asking = form.xpath(".//input[not(@type='hidden')]")
    assert [field.getparent().tag for field in asking] == ["label", "label"]
    assert form.xpath(".//*[@hidden]//input/@name") == ["website"]
    assert "<script" not in text and "style" not in text and " id=" not in text


def test_it_is_the_same_each_time(daily_papers):
    assert snippet(daily_papers, "en") == snippet(daily_papers, "en")


def test_whoever_sends_it_is_asked_by_mail_in_its_language(elsewhere, daily_papers):
    page = post(elsewhere, daily_papers, "en").text

    dana = Subscription.objects.get()
    assert "We have sent a confirmation." in page
    assert (dana.state, dana.language, dana.newsletter) == ("pending", "en", daily_papers)


def test_the_words_that_stood_on_it_are_kept(elsewhere, daily_papers):
    text = form_of(daily_papers, "en").text_content()
    form = dict(form_of(daily_papers, "en").form_values())
    Newsletter.objects.update(name="Renamed since")

    elsewhere.post("/subscribe/", form | {"email": "dana@example.org"})

    consent = Consent.objects.get()
    assert (consent.source, consent.wording.language) == ("embedded", "en")
    assert consent.network != ""
    assert all(line in text for line in consent.wording.text.splitlines())


def test_each_newsletter_has_its_own(elsewhere, daily_papers):
    robots = make_newsletter(slug="robots", name="Robots", languages=["en"])

    post(elsewhere, robots)

    assert [each.newsletter for each in Subscription.objects.all()] == [robots]


def test_the_page_of_another_newsletter_says_which_it_is(elsewhere, daily_papers):
    make_newsletter(slug="robots", name="Robots at Dawn")

    page = html.fromstring(elsewhere.get("/subscribe/?newsletter=robots").text)

    assert page.findtext(".//h1") == "Robots at Dawn"
    assert dict(page.get_element_by_id("subscribe").form_values())["newsletter"] == "robots"


def test_a_slip_is_asked_about_on_our_page_and_the_answer_counts(elsewhere, daily_papers):
    robots = make_newsletter(slug="robots", name="Robots", languages=["en"])
    page = html.fromstring(post(elsewhere, robots, email="dana@gmil.com").text)

    form = dict(page.get_element_by_id("subscribe").form_values())
    form |= {"shown_at": "", "meant": "dana@gmail.com"}
    elsewhere.post("/subscribe/", form)

    assert "Did you mean dana@gmail.com?" in page.text_content()
    dana = Subscription.objects.get()
    assert (dana.subscriber.email, dana.newsletter) == ("dana@gmail.com", robots)
    assert [each.source for each in dana.consents.all()] == ["form"]  # whose words were read last


def test_what_is_wrong_is_said_on_our_page_in_its_language(elsewhere, daily_papers):
    page = post(elsewhere, daily_papers, "ko", email="dana").text

    assert '<html lang="ko"' in page
    assert "이 주소로는 메일을 보낼 수 없습니다." in page
    assert 'value="dana"' in page


@pytest.mark.parametrize("shown", ["", "true", "W10:forged", "\0"])
def test_a_form_of_unknown_words_ends_on_ours(elsewhere, daily_papers, shown):
    page = elsewhere.post("/subscribe/", {"email": "dana@example.org", "embedded": shown}).text

    assert 'value="dana@example.org"' in page
    assert 'id="subscribe"' in page
    assert not Subscription.objects.exists()


def test_one_that_was_copied_under_a_former_key_works_on(elsewhere, daily_papers, settings):
    form = dict(form_of(daily_papers, "en").form_values())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one"

    elsewhere.post("/subscribe/", form | {"email": "dana@example.org"})

    assert Subscription.objects.count() == 1


def test_a_newsletter_that_is_out_of_print_has_no_page_to_subscribe(elsewhere, daily_papers):
    robots = make_newsletter(slug="robots", is_active=False)

    assert post(elsewhere, robots).status_code == 404
    assert elsewhere.get("/subscribe/?newsletter=weekly-papers").status_code == 404


def test_the_limits_hold_for_it(elsewhere, daily_papers):
    most = ASKED_BY_A_NETWORK[HOUR]
    pages = [post(elsewhere, daily_papers, email=f"d{n}@example.org") for n in range(most + 1)]

    assert [page.status_code for page in pages] == [200] * most + [429]
    assert 0 < int(pages[-1].headers["Retry-After"]) <= 3600


def test_a_machine_that_fills_in_what_nobody_sees_is_not_taken(elsewhere, daily_papers):
    page = post(elsewhere, daily_papers, website="https://spam.example").text

    assert "We have sent a confirmation." in page
    assert not Subscription.objects.exists()


def test_no_cookie_is_set_and_none_is_asked_for(elsewhere, daily_papers):
    answer = post(elsewhere, daily_papers)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_what_is_signed_is_read_back(daily_papers):
    form = dict(form_of(daily_papers, "ko").form_values())

    shown = embedded(form["embedded"])

    assert (shown.slug, shown.language) == ("daily-papers", "ko")
    assert daily_papers.name in shown.wording


def test_the_desk_shows_it_in_each_language_of_a_newsletter_with_readers(client, daily_papers):
    client.force_login(make_editor())

    def shown(newsletter: Newsletter) -> list[str]:
        url = f"/en/admin/newsletter/newsletter/{newsletter.pk}/change/"
        page = html.fromstring(client.get(url).content.decode())
        return [each.text.strip() for each in page.cssselect(".snippets textarea[readonly]")]

    languages = daily_papers.languages
    assert shown(daily_papers) == [snippet(daily_papers, each).strip() for each in languages]
    assert shown(Newsletter.objects.get(slug="weekly-papers")) == []
