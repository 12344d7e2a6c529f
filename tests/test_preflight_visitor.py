"""Addresses opened over real connections, and those that are never opened."""

import socket
import time
from contextlib import suppress
from ipaddress import ip_address, ip_network
from threading import Event, Thread
from threading import enumerate as enumerate_threads

import pytest
from werkzeug import Response

from newsletter.models import Visit
from newsletter.preflight.visitor import Answer, Visitor, is_public

State = Visit.State
LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
OURS = Visitor(networks=LOOPBACK, call_seconds=0.5, seconds_between=0)


def opened(url: str, visitor: Visitor = OURS) -> Answer:
    return dict(visitor.visit_all([url], seconds=10))[url]


def methods(httpserver) -> list[str]:
    return [request.method for request, _ in httpserver.log]


def test_what_is_there_answers_a_head_and_no_more_is_asked(httpserver):
    httpserver.expect_request("/paper").respond_with_data("fine", content_type="text/html")

    answer = opened(httpserver.url_for("/paper"))

    assert answer == Answer(State.ANSWERS, "HTTP 200 OK", "text/html")
    assert methods(httpserver) == ["HEAD"]
    assert httpserver.log[0][0].headers["User-Agent"].startswith("Paperboy")


def test_who_refuses_a_head_is_asked_with_a_get(httpserver):
    httpserver.expect_request("/paper", method="HEAD").respond_with_data("", status=500)
    httpserver.expect_request("/paper", method="GET").respond_with_data("fine")

    assert opened(httpserver.url_for("/paper")).state == State.ANSWERS
    assert methods(httpserver) == ["HEAD", "GET"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (204, State.ANSWERS),
        (401, State.ANSWERS),
        (405, State.ANSWERS),
        (429, State.ANSWERS),
        (404, State.GONE),
        (410, State.GONE),
        (403, State.SILENT),
        (500, State.SILENT),
        (503, State.SILENT),
    ],
)
def test_a_status_says_whether_anything_is_there(httpserver, status, state):
    httpserver.expect_request("/paper").respond_with_data("", status=status)

    assert opened(httpserver.url_for("/paper")).state == state


def test_a_redirect_is_followed_to_what_it_leads_to(httpserver):
    httpserver.expect_request("/old").respond_with_data(
        "", status=301, headers={"Location": "/new?page=1"}
    )
    httpserver.expect_request("/new", query_string="page=1").respond_with_data("", status=404)

    assert opened(httpserver.url_for("/old")) == Answer(
        State.GONE, "HTTP 404 NOT FOUND", "text/plain; charset=utf-8"
    )


def test_redirects_without_an_end_are_left(httpserver):
    httpserver.expect_request("/round").respond_with_data(
        "", status=302, headers={"Location": "/round"}
    )

    assert opened(httpserver.url_for("/round")) == Answer(State.SILENT, "no end")


def test_who_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"

        assert opened(url) == Answer(State.SILENT, "no time")


def test_where_nobody_listens_there_is_no_connection():
    assert opened("http://127.0.0.1:9/") == Answer(State.SILENT, "no connection")


def test_a_host_that_no_name_server_knows_is_gone():
    assert opened("https://nobody.invalid/").said == "no such host"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",  # 127.0.0.1 as one number
        "http://0x7f.1:{port}/",
        "http://127.1:{port}/",
        "http://0.0.0.0:{port}/",
        "http://someone:secret@127.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://[fd00::1]/",
        "http://[fe80::1]/",
    ],
)
def test_what_is_not_public_is_never_asked(httpserver, url):
    httpserver.expect_request("/").respond_with_data("secret")

    answer = opened(url.format(port=httpserver.port), Visitor())

    assert answer == Answer(State.PRIVATE, "private")
    assert httpserver.log == []


def test_a_redirect_into_a_network_that_is_not_public_is_not_followed(httpserver):
    httpserver.expect_request("/out").respond_with_data(
        "", status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}
    )

    assert opened(httpserver.url_for("/out")) == Answer(State.PRIVATE, "private")
    assert methods(httpserver) == ["HEAD"]


PORT_BEYOND_ALL = "http://x:99999999999999999999999/"
NO_NAME = "http://xn--99zzzz999.example/"  # no text has this Punycode


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http://ex ample/",
        "https://[1",
        PORT_BEYOND_ALL,
        NO_NAME,
    ],
)
def test_what_is_no_address_of_the_web_is_not_opened(url):
    assert opened(url).state in (State.SILENT, State.GONE)


def test_one_address_that_is_none_keeps_nobody_from_the_others(httpserver):
    httpserver.expect_request("/paper").respond_with_data("fine")
    urls = [PORT_BEYOND_ALL, NO_NAME, httpserver.url_for("/paper")]

    answers = dict(OURS.visit_all(urls, seconds=10))

    assert [answers[url].state for url in urls] == [State.GONE, State.GONE, State.ANSWERS]


@pytest.mark.parametrize("place", [PORT_BEYOND_ALL, "http://[v1.x]/"])
def test_a_redirect_to_no_address_is_an_answer_like_others(httpserver, place):
    httpserver.expect_request("/out").respond_with_data("", status=302, headers={"Location": place})

    assert opened(httpserver.url_for("/out")).state in (State.SILENT, State.GONE)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("::", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("64:ff9b::7f00:1", False),  # NAT64 of it
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::7f00:1", False),  # NAT64 of a network's own
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("::8.8.8.8", False),
    ],
)
def test_an_address_is_public_or_not_also_where_one_hides_in_another(address, public):
    assert is_public(ip_address(address)) is public


def test_the_host_is_named_to_the_server_that_was_looked_up(httpserver):
    httpserver.expect_request("/paper").respond_with_data("fine")

    opened(f"http://localhost:{httpserver.port}/paper")

    assert [request.host for request, _ in httpserver.log] == [f"localhost:{httpserver.port}"]


def test_links_that_nobody_got_to_in_time_are_left_out(httpserver):
    def slow(request):
        time.sleep(0.3)
        return Response("fine")

    httpserver.expect_request("/slow").respond_with_handler(slow)
    urls = [httpserver.url_for(f"/slow?{number}") for number in range(10)]

    answers = dict(OURS.visit_all(urls, seconds=0.5))

    assert 1 <= len(answers) < 5
    assert list(answers) == urls[: len(answers)]


@pytest.fixture
def dripping():
    """A server that answers for ever, an octet at a time, each soon enough."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=drip, args=[server], daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


def drip(server: socket.socket) -> None:
    with suppress(OSError):
        while True:
            line, _ = server.accept()
            Thread(target=drip_into, args=[line], daemon=True).start()


def drip_into(line: socket.socket) -> None:
    with line, suppress(OSError):
        line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            line.sendall(b"x")
            time.sleep(0.1)


def test_who_drips_an_answer_is_hung_up_on(dripping):
    began_at = time.monotonic()

    answer = opened(dripping)

    assert answer == Answer(State.SILENT, "no time")
    assert time.monotonic() - began_at < 3  # a HEAD and a GET of half a second
    assert wait_for(lambda: not callers())


def test_who_drips_keeps_back_nothing_of_the_others_and_is_left_out_when_the_turn_is_over(
    httpserver, dripping
):
    httpserver.expect_request("/paper").respond_with_data("fine")
    paper, patient = (
        httpserver.url_for("/paper").replace("127.0.0.1", "localhost"),
        Visitor(LOOPBACK),
    )
    began_at = time.monotonic()

    answers = dict(patient.visit_all([dripping, paper], seconds=1))

    assert [(url, answer.state) for url, answer in answers.items()] == [(paper, State.ANSWERS)]
    assert time.monotonic() - began_at < 3
    assert wait_for(lambda: not callers())


def test_a_slow_server_of_names_is_not_waited_for(httpserver, monkeypatch):
    look_up = socket.getaddrinfo
    slow = Event()

    def slowly(host, *args, **kwargs):
        if host == "slow.example":
            slow.wait(10)
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    httpserver.expect_request("/paper").respond_with_data("fine")
    paper = httpserver.url_for("/paper")
    began_at = time.monotonic()

    answers = dict(OURS.visit_all(["http://slow.example/", paper], seconds=1))

    assert list(answers) == [paper]
    assert time.monotonic() - began_at < 3
    slow.set()
    assert wait_for(lambda: not callers())


def callers() -> list[str]:
    return [thread.name for thread in enumerate_threads() if thread.name == "visitor"]


def wait_for(condition) -> bool:
    ends_at = time.monotonic() + 5
    while not condition() and time.monotonic() < ends_at:
        time.sleep(0.05)
    return condition()
