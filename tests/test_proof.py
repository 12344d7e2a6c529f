"""Proof of work: asked for while very many ask, good once, and no way leads around it."""

import json
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from altcha import Challenge, Payload, solve_challenge
from django.core import mail
from django.db import connections
from django.test import Client, RequestFactory
from lxml import html

from newsletter import clock, limits, proof
from newsletter.embed import snippet
from newsletter.models import Consent, Quota, Subscription
from newsletter.network import network_key
from newsletter.notify import send_due_notices
from newsletter.quota import HOUR, beginning, take
from newsletter.subscribe import subscribe


@pytest.fixture
def busy(db, settings, daily_papers):
    """Half of what may leave in this hour has left."""
    settings.PROOF_OF_WORK = True
    settings.CONFIRMATIONS_AN_HOUR = 4
    for _ in range(2):
        take("asking", 4, HOUR, clock.now())
    return daily_papers


def solved(challenge: dict[str, object]) -> str:
    asked = Challenge.from_dict(challenge)
    return Payload(asked, solve_challenge(asked)).to_base64()


def ask(**fields: str):
    form = {"email": "dana@example.org", "language": "en"} | fields
    return Client(REMOTE_ADDR="203.0.113.7").post("/subscribe/", form)


def challenge_on(page: str) -> dict[str, object]:
    return json.loads(html.fromstring(page).get_element_by_id("challenge").text)


def post(**fields: str):
    asked = {"email": "dana@example.org", "language": "en"} | fields
    return Client().post("/api/subscribe/", json.dumps(asked), content_type="application/json")


def test_a_challenge_that_is_solved_is_good_once(db):
    answer = solved(proof.challenge())

    assert [proof.accept(answer), proof.accept(answer)] == [True, False]


def test_it_is_good_once_however_it_is_written(db):
    answer = solved(proof.challenge())
    other = json.loads(b64decode(answer))
    other["solution"]["time"] = other["more"] = 1
    written_otherwise = b64encode(json.dumps(other, indent=2).encode()).decode()

    assert [proof.accept(answer), proof.accept(written_otherwise)] == [True, False]


def test_it_is_good_once_whoever_is_asked(transactional_db):
    answer = solved(proof.challenge())

    def work(number: int) -> bool:
        try:
            return proof.accept(answer)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(work, range(24))) == 1


def test_it_is_good_for_twenty_minutes_and_once_in_them(db, time_machine):
    time_machine.move_to("2026-05-04T12:50:00Z", tick=False)
    early, late, never = (solved(proof.challenge()) for _ in range(3))
    proof.accept(early)

    time_machine.move_to("2026-05-04T13:09:00Z", tick=False)
    assert [proof.accept(early), proof.accept(late)] == [False, True]

    time_machine.move_to("2026-05-04T13:11:00Z", tick=False)
    assert proof.accept(never) is False


def forged() -> list[str]:
    """What somebody might send who does not compute."""
    ours = proof.challenge()
    easy = json.loads(json.dumps(ours))
    easy["parameters"]["keyPrefix"] = ""
    anyones = Challenge.from_dict({"parameters": ours["parameters"]})
    unsolved = {"challenge": ours, "solution": {"counter": 0, "derivedKey": "00" * 32}}
    odd = ["", "true", "\0", "é", "e30=", "bnVsbA==", "W10=", b64encode(b"[" * 9_000).decode()]
    return [
        *odd,
        solved(easy),
        Payload(anyones, solve_challenge(anyones)).to_base64(),
        b64encode(json.dumps(unsolved).encode()).decode(),
    ]


def test_nothing_else_is_taken_for_one(db):
    assert [answer for answer in forged() if proof.accept(answer)] == []
    assert not Quota.objects.exists()


def test_nobody_is_asked_for_it_unless_the_operator_wants_it(busy, settings):
    settings.PROOF_OF_WORK = False

    assert "We have sent a confirmation." in ask().text


def test_nobody_is_asked_for_it_while_few_ask(busy):
    Quota.objects.update(count=1)

    assert "We have sent a confirmation." in ask().text


def test_an_hour_later_it_is_asked_for_still_and_then_no_more(busy):
    now = clock.now()
    for back, is_busy in ((1, True), (2, False)):
        Quota.objects.update(began_at=beginning(HOUR, now - back * HOUR))
        assert limits.is_busy() is is_busy


def test_the_flood_itself_makes_it_busy(db, daily_papers, settings):
    settings.PROOF_OF_WORK, settings.CONFIRMATIONS_AN_HOUR = True, 10
    for number in range(5):
        assert not limits.is_busy()
        subscribe(f"dana@example{number}.org", daily_papers, "en")
        send_due_notices()

    assert limits.is_busy()
    assert len(mail.outbox) == 5


def test_while_busy_the_form_comes_back_with_a_challenge_and_takes_its_answer(busy):
    page = ask().text
    kept_at_first = Subscription.objects.count()

    answer = solved(challenge_on(page))
    taken = ask(proof=answer).text
    again = ask(proof=answer, email="eve@example.org").text

    assert 'value="dana@example.org"' in page
    assert kept_at_first == 0
    assert "We have sent a confirmation." in taken
    assert challenge_on(again)
    assert [each.subscriber.email for each in Subscription.objects.all()] == ["dana@example.org"]


def test_a_challenge_costs_nothing_of_the_networks_quota(busy):
    for _ in range(limits.ASKED_BY_A_NETWORK[HOUR] + 1):
        page = ask()

    assert page.status_code == 200


def test_whoever_takes_an_offered_correction_is_asked_about_it_once(busy):
    slip = ask(email="dana@gmaill.com")
    taken = html.fromstring(slip.text).get_element_by_id("subscribe")
    page = ask(**dict(taken.form_values()) | {"shown_at": "", "meant": "dana@gmail.com"}).text

    form = dict(html.fromstring(page).get_element_by_id("subscribe").form_values())
    answer = ask(**form | {"shown_at": "", "proof": solved(challenge_on(page))})

    assert form["email"] == "dana@gmail.com"
    assert "We have sent a confirmation." in answer.text
    assert Subscription.objects.get().subscriber.email == "dana@gmail.com"


def test_whoever_insists_on_an_address_insists_once(busy):
    slip = ask(email="dana@gmaill.com")
    insists = html.fromstring(slip.text).get_element_by_id("subscribe")
    page = ask(**dict(insists.form_values()) | {"shown_at": ""}).text

    form = dict(html.fromstring(page).get_element_by_id("subscribe").form_values())
    ask(**form | {"shown_at": "", "proof": solved(challenge_on(page))})

    assert Subscription.objects.get().subscriber.email == "dana@gmaill.com"


def test_a_network_that_has_asked_enough_uses_up_no_proof(busy):
    for _ in range(limits.ASKED_BY_A_NETWORK[HOUR]):
        limits.may_ask(network_key(RequestFactory(REMOTE_ADDR="203.0.113.7").get("/")))
    answer = solved(proof.challenge())

    refused = ask(proof=answer)

    assert refused.status_code == 429
    assert proof.accept(answer) is True


def test_the_embedded_form_is_no_way_around_it(busy):
    form = dict(html.fromstring(snippet(busy, "en")).form_values())
    page = Client().post("/subscribe/", form | {"email": "dana@example.org"}).text
    kept_at_first = Subscription.objects.count()

    ours = dict(html.fromstring(page).get_element_by_id("subscribe").form_values())
    Client().post("/subscribe/", ours | {"shown_at": "", "proof": solved(challenge_on(page))})

    assert kept_at_first == 0
    assert Subscription.objects.get().subscriber.email == "dana@example.org"
    assert Consent.objects.get().source == "form"


def test_programs_are_asked_for_it_too(busy):
    refused = post()
    answer = solved(refused.json()["challenge"])

    assert (refused.status_code, refused.json()["code"]) == (403, "needs_proof")
    assert post(proof="true").status_code == 403
    assert post(proof=answer).status_code == 202
    assert post(proof=answer, email="eve@example.org").status_code == 403
    assert Subscription.objects.count() == 1
