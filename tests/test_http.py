"""What can go wrong between us and a service: each fault once, over a real connection."""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from stamina.instrumentation import set_on_retry_hooks
from werkzeug import Response

from papers.sources.base import SourceError, SourceUnavailable
from papers.sources.http import Http, Pace, Refused
from tests.ground import wait_until


@pytest.fixture
def ask(httpserver):
    def get(http: Http | None = None, path: str = "/list") -> bytes:
        return (http or Http()).get(httpserver.url_for(path), params={"p": "0"}, label="Hub, day")

    return get


def serve(httpserver, body="fine", status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    httpserver.expect_request("/list").respond_with_data(body, status=status, headers=named)


def test_a_good_answer_is_its_body_and_we_say_who_asks(ask, httpserver):
    serve(httpserver, "fine")

    assert ask() == b"fine"
    [(request, _)] = httpserver.log
    assert request.args.to_dict() == {"p": "0"}
    assert request.headers["User-Agent"].startswith("Paperboy")


def test_a_redirect_is_followed(ask, httpserver):
    serve(httpserver, status=307, Location="/moved")
    httpserver.expect_request("/moved").respond_with_data("fine")

    assert ask() == b"fine"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_pass_is_tried_three_times(ask, httpserver, status):
    serve(httpserver, status=status)

    with pytest.raises(SourceUnavailable, match=rf"^Hub, day: HTTP {status} "):
        ask()
    assert len(httpserver.log) == 3


def test_an_answer_to_the_second_question_is_as_good(ask, httpserver):
    httpserver.expect_ordered_request("/list").respond_with_data("later", status=503)
    httpserver.expect_ordered_request("/list").respond_with_data("fine")

    assert ask() == b"fine"


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_not_argued_with(ask, httpserver, status):
    serve(httpserver, "no", status=status)

    with pytest.raises(Refused, match=rf"^Hub, day: HTTP {status} ") as raised:
        ask()
    assert raised.value.body == b"no"
    assert len(httpserver.log) == 1


@pytest.fixture
def waits():
    """Seconds, before each further try."""
    found = []
    set_on_retry_hooks([lambda details: found.append(details.wait_for)])
    yield found
    set_on_retry_hooks(None)


def test_a_short_retry_after_is_waited_for(ask, httpserver, patient, waits):
    httpserver.expect_ordered_request("/list").respond_with_data(
        "", status=429, headers={"Retry-After": "1"}
    )
    httpserver.expect_ordered_request("/list").respond_with_data("fine")
    started_at = time.monotonic()

    assert ask() == b"fine"
    assert time.monotonic() - started_at >= 1
    assert waits == [1]


def test_a_long_retry_after_is_said_and_not_waited_for(ask, httpserver, patient):
    serve(httpserver, status=429, Retry_After="3600")

    with pytest.raises(SourceUnavailable, match=r"asks us to wait 3600 s, until 20") as raised:
        ask()
    assert raised.value.wait_seconds == 3600
    assert len(httpserver.log) == 1


def test_retry_after_may_be_a_date(ask, httpserver):
    until = datetime.now(UTC) + timedelta(hours=1)
    serve(httpserver, status=503, Retry_After=format_datetime(until, usegmt=True))

    with pytest.raises(SourceUnavailable, match=f"until {until:%Y-%m-%d %H:%M}") as raised:
        ask()
    assert raised.value.wait_seconds == pytest.approx(3600, abs=5)


def test_a_retry_after_that_says_nothing_is_passed_over(ask, httpserver):
    serve(httpserver, status=503, Retry_After="soon")

    with pytest.raises(SourceUnavailable) as raised:
        ask()
    assert raised.value.wait_seconds is None
    assert len(httpserver.log) == 3


def test_silence_ends_at_the_time_limit(ask, httpserver):
    httpserver.expect_request("/list").respond_with_handler(lambda _: time.sleep(0.3))

    with pytest.raises(SourceUnavailable, match=r"^Hub, day: no answer within the time limit$"):
        ask(Http(read_seconds=0.05))
    # The server answers one after the other: none is to be left for the next test.
    wait_until(lambda: len(httpserver.log) == 3, seconds=10)


def test_a_trickle_ends_at_the_time_limit(ask, httpserver):
    def trickle():
        for _ in range(10):
            yield b"."
            time.sleep(0.05)

    httpserver.expect_request("/list").respond_with_handler(lambda _: Response(trickle()))

    with pytest.raises(SourceUnavailable, match=r"not complete after 0\.1 s$"):
        ask(Http(whole_seconds=0.1))


def test_a_closed_port_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(SourceUnavailable, match=r"^Hub, day: no connection: .*refused"):
        Http().get(f"http://127.0.0.1:{port}/", params={}, label="Hub, day")


def test_an_answer_that_breaks_off_is_asked_for_again(ask, httpserver):
    def half(_):
        return Response(iter([b"half"]), headers={"Content-Length": "9"})

    httpserver.expect_request("/list").respond_with_handler(half)

    with pytest.raises(SourceUnavailable, match=r"^Hub, day: the connection broke"):
        ask()
    assert len(httpserver.log) == 3


def test_a_huge_answer_is_given_up(ask, httpserver):
    serve(httpserver, "x" * 2000)

    with pytest.raises(SourceError, match=r"^Hub, day: the answer is larger than 1,000 bytes$"):
        ask(Http(body_limit=1000))
    assert len(httpserver.log) == 1


def test_a_wrongly_packed_answer_is_an_error(ask, httpserver):
    serve(httpserver, "not gzip", Content_Encoding="gzip")

    with pytest.raises(SourceError, match=r"^Hub, day: the answer cannot be read") as raised:
        ask()
    assert not isinstance(raised.value, SourceUnavailable)


def test_a_circle_of_redirects_is_an_error(ask, httpserver):
    serve(httpserver, status=302, Location="/list")

    with pytest.raises(SourceError, match=r"^Hub, day: the answer cannot be read"):
        ask()


@pytest.mark.parametrize("url", ["hub.example/api", "gopher://hub.example", "http://[::1/api"])
def test_a_setting_that_is_no_web_address_is_said(url):
    with pytest.raises(SourceError, match=r"^Hub, day: the configured address is no web address"):
        Http().get(url, params={}, label="Hub, day")


def test_no_two_questions_leave_within_the_pace(ask, httpserver):
    arrived_at = []

    def note(_):
        arrived_at.append(time.monotonic())
        return Response(status=503)

    httpserver.expect_request("/list").respond_with_handler(note)

    began = time.monotonic()
    with pytest.raises(SourceUnavailable):
        ask(Http(pace=Pace(0.1)))

    assert len(arrived_at) == 3
    assert arrived_at[2] - began >= 0.2  # from the start: the first one's connection takes its time
