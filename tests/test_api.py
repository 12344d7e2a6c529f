"""The way in for programs: what it takes, what it answers, and to pages of whom."""

import json

import pytest
from django.test import Client

from newsletter.limits import ASKED_BY_A_NETWORK, HOUR
from newsletter.models import Consent, Subscription
from tests.factories import make_newsletter

pytestmark = pytest.mark.django_db

PATH = "/api/subscribe/"
BLOG = "https://blog.example.org"


@pytest.fixture
def program():
    return Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.7")


def post(client, body=None, *, origin: str = "", kind: str = "application/json", **fields):
    data = json.dumps({"email": "dana@example.org"} | fields) if body is None else body
    headers = {"Origin": origin} if origin else {}
    return client.post(PATH, data, content_type=kind, headers=headers)


def wrong(answer) -> dict[str, list[str]]:
    """The code of each mistake, by field."""
    said = answer.json()
    assert (answer.status_code, said["code"]) == (400, "bad_fields")
    return {name: [each["code"] for each in errors] for name, errors in said["fields"].items()}


def test_an_address_is_enough(program, daily_papers):
    answer = post(program)

    dana = Subscription.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {"code": "taken", "message": "확인 메일을 보냈습니다."}
    assert (dana.subscriber.email, dana.state) == ("dana@example.org", "pending")
    assert (dana.newsletter, dana.language) == (daily_papers, "ko")


def test_its_language_is_that_of_the_request_where_none_is_named(program, daily_papers):
    program.defaults["HTTP_ACCEPT_LANGUAGE"] = "en-GB,en;q=0.9"

    answer = post(program)

    assert answer.json()["message"] == "We have sent a confirmation."
    assert Subscription.objects.get().language == "en"


def test_newsletter_language_and_words_are_kept_as_told(program, daily_papers):
    robots = make_newsletter(slug="robots", languages=["ko", "en"])

    answer = post(program, newsletter="robots", language="en", wording="Mail me\nthe robots.")

    consent = Consent.objects.get()
    assert answer.json()["message"] == "We have sent a confirmation."
    assert (consent.subscription.newsletter, consent.subscription.language) == (robots, "en")
    assert (consent.source, consent.wording.text) == ("api", "Mail me\nthe robots.")
    assert (consent.wording.language, consent.network != "") == ("en", True)


def test_without_words_none_are_claimed(program, daily_papers):
    post(program)

    assert Consent.objects.get().wording is None


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"email": ""}, {"email": ["required"]}),
        ({"email": None}, {"email": ["required"]}),
        ({"email": 5}, {"email": ["invalid"]}),
        ({"email": ["dana@example.org"]}, {"email": ["invalid"]}),
        ({"email": "dana"}, {"email": ["invalid"]}),
        ({"email": "dana\0@example.org"}, {"email": ["invalid"]}),
        ({"email": "d" * 300 + "@example.org"}, {"email": ["max_length"]}),
        ({"email": "dana@mailinator.com"}, {"email": ["disposable"]}),
        ({"language": "fr"}, {"language": ["invalid_choice"]}),
        ({"language": {}}, {"language": ["invalid"]}),
        ({"newsletter": "nowhere"}, {"newsletter": ["unknown"]}),
        ({"newsletter": "weekly-papers"}, {"newsletter": ["unknown"]}),
        ({"wording": "\ud800"}, {"wording": ["invalid"]}),
        ({"wording": "x" * 1_001}, {"wording": ["invalid"]}),
        ({"proof": "x" * 4_001}, {"proof": ["invalid"]}),
        (
            {"email": "dana", "language": "fr"},
            {"email": ["invalid"], "language": ["invalid_choice"]},
        ),
    ],
)
def test_what_is_wrong_is_said_for_each_field(program, daily_papers, fields, codes):
    assert wrong(post(program, **fields)) == codes
    assert not Subscription.objects.exists()


def test_a_slip_comes_with_what_was_meant_and_can_be_insisted_on(program, daily_papers):
    answer = post(program, email="Dana@GMIL.com", language="en")

    (slip,) = answer.json()["fields"]["email"]
    typed, suggestion = slip["typed"], slip["suggestion"]
    assert (wrong(answer), typed, suggestion) == (
        {"email": ["typo"]},
        "Dana@gmil.com",
        "Dana@gmail.com",
    )
    assert post(program, email="Dana@GMIL.com", typed=typed).status_code == 202
    assert Subscription.objects.get().subscriber.email == "Dana@gmil.com"


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("email=dana@example.org", "application/x-www-form-urlencoded", 415, "not_json"),
        ('{"email": "dana@example.org"}', "text/plain", 415, "not_json"),
        ('{"email": "dana@example.org"', "application/json", 400, "bad_json"),
        (" ", "application/json", 400, "bad_json"),
        ("[]", "application/json", 400, "bad_json"),
        ('"dana@example.org"', "application/json", 400, "bad_json"),
        (b"\xff\xfe\xfd", "application/json", 400, "bad_json"),
        ("[" * 15_000, "application/json", 400, "bad_json"),
        ('{"email": "' + "d" * 20_000, "application/json", 413, "too_large"),
        ("x" * 3_000_000, "application/json", 413, "too_large"),
    ],
)
def test_what_is_no_request_is_refused_in_json(program, daily_papers, body, kind, status, code):
    answer = post(program, body, kind=kind)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]
    assert not Subscription.objects.exists()


def test_the_kind_may_name_its_character_set(program, daily_papers):
    assert post(program, kind="application/json; charset=utf-8").status_code == 202


def test_only_a_post_is_taken(program, daily_papers):
    assert [program.get(PATH).status_code, program.put(PATH).status_code] == [405, 405]


def test_the_limits_of_the_form_hold_and_say_when_to_come_back(program, daily_papers):
    most = ASKED_BY_A_NETWORK[HOUR]
    for number in range(most - 1):
        post(program, email=f"d{number}@example.org")
    program.post("/subscribe/", {"email": "eve@example.org", "language": "en"})

    answer = post(program, email="late@example.org")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert Subscription.objects.count() == most


def test_neither_a_cookie_nor_a_token_is_needed_or_set(program, daily_papers):
    answer = post(program, origin="https://elsewhere.example")

    assert answer.status_code == 202  # who is no browser needs nobody's leave
    assert "Set-Cookie" not in answer.headers


def test_pages_of_a_named_site_may_ask_by_script_and_read_the_answer(
    program, daily_papers, settings
):
    settings.CORS_ALLOWED_ORIGINS = [BLOG]
    asks = {
        "Origin": BLOG,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }

    before = program.options(PATH, headers=asks)
    answer = post(program, origin=BLOG)

    assert before.headers["Access-Control-Allow-Origin"] == BLOG
    assert before.headers["Access-Control-Allow-Methods"] == "POST"
    assert "content-type" in before.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Allow-Origin"] == BLOG
    assert answer.headers["Access-Control-Expose-Headers"] == "retry-after"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_no_other_site_may_and_no_other_page_of_ours(program, daily_papers, settings):
    allowed = "Access-Control-Allow-Origin"
    assert allowed not in post(program, origin=BLOG).headers

    settings.CORS_ALLOWED_ORIGINS = [BLOG]

    assert allowed not in post(program, origin="https://blog.example.org.evil.example").headers
    assert allowed not in post(program, origin="http://blog.example.org").headers
    assert allowed not in program.get("/subscribe/", headers={"Origin": BLOG}).headers
    assert allowed not in program.get("/en/admin/login/", headers={"Origin": BLOG}).headers
