"""Opens addresses as a reader's browser would, to see whether anything is there. Nothing of a body
is read.

Strangers write these addresses, so none is opened that leads to a network which is not public:
each host, also one that a redirect names, is looked up once, and the address that was found is the
one that is called (server-side request forgery, CWE-918).
"""

from __future__ import annotations

import socket
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from newsletter.models import Visit
from papers.sources.http import USER_AGENT

State = Visit.State
MOST_HOSTS = 8  # at once; the links of one host are opened one after the other
MOST_REDIRECTS = 5
GONE = {404, 410}
REFUSING = {401, 405, 429, 451}  # it is there, and not for us
# Hosts may share an address, and a connection was made to one of them.
ONE_CALL_A_CONNECTION = httpx.Limits(max_keepalive_connections=0)
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


@dataclass(frozen=True)
class Answer:
    state: Visit.State
    said: str
    content_type: str = ""


class Private(Exception):
    """A host with an address that is not public."""

    answer = Answer(State.PRIVATE, "private")


class NoHost(Exception):
    """There is no host of that name; `for_now` where the servers of names do not answer."""

    def __init__(self, *, for_now: bool) -> None:
        super().__init__()
        self.answer = Answer(State.SILENT if for_now else State.GONE, "no such host")


@dataclass(frozen=True)
class Visitor:
    """Who calls: first HEAD, then, where that is not answered well, GET."""

    networks: Sequence[IPv4Network | IPv6Network] = ()  # not public, and open to us all the same
    connect_seconds: float = 5
    read_seconds: float = 8
    seconds_between: float = 0.3  # two calls at one host

    def visit_all(self, urls: Iterable[str], seconds: float) -> dict[str, Answer]:
        """What each answers; those are left out that nobody got to in so many seconds."""
        by_host = defaultdict(list)
        for url in urls:
            by_host[host_of(url)].append(url)
        ends_at = time.monotonic() + seconds
        with ThreadPoolExecutor(MOST_HOSTS) as callers:
            rounds = callers.map(lambda group: self.visit_host(group, ends_at), by_host.values())
            return {url: answer for answers in rounds for url, answer in answers}

    def visit_host(self, urls: Sequence[str], ends_at: float) -> list[tuple[str, Answer]]:
        """One after the other, with a pause, as far as the time lasts."""
        if nobody := self.no_host(urls[0]):
            return [(url, nobody) for url in urls]
        answers: list[tuple[str, Answer]] = []
        with self.client() as client:
            for url in urls:
                if time.monotonic() > ends_at:
                    break
                if answers:
                    time.sleep(self.seconds_between)
                answers.append((url, self.visit(client, url)))
        return answers

    def client(self) -> httpx.Client:
        """Without the environment's proxy: that would look each name up anew."""
        return httpx.Client(
            trust_env=False,
            timeout=httpx.Timeout(self.read_seconds, connect=self.connect_seconds),
            headers={"User-Agent": USER_AGENT},
            limits=ONE_CALL_A_CONNECTION,
        )

    def no_host(self, url: str) -> Answer | None:
        """What all links of a host say where it is not to be called; looked up once for them."""
        try:
            self.address_of(httpx.URL(url))
        except (Private, NoHost) as not_called:
            return not_called.answer
        except httpx.InvalidURL:
            return Answer(State.GONE, "no connection")
        return None

    def visit(self, client: httpx.Client, url: str) -> Answer:
        answer = self.follow(client, "HEAD", url)
        if answer.state in (State.ANSWERS, State.PRIVATE):
            return answer
        return self.follow(client, "GET", url)

    def follow(self, client: httpx.Client, method: str, url: str) -> Answer:
        """Along its redirects, each looked at anew."""
        for _ in range(MOST_REDIRECTS + 1):
            try:
                response = self.call(client, method, httpx.URL(url))
                url = next_url(response)
            except (Private, NoHost) as not_called:
                return not_called.answer
            except httpx.TimeoutException:
                return Answer(State.SILENT, "no time")
            except (httpx.TransportError, httpx.InvalidURL, OSError):
                return Answer(State.SILENT, "no connection")
            if not url:
                return answer_of(response)
        return Answer(State.SILENT, "no end")

    def call(self, client: httpx.Client, method: str, url: httpx.URL) -> httpx.Response:
        """The answer's head, from the very address that was looked up."""
        if url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol(f"{url.scheme} is not the web")
        address = self.address_of(url)
        request = client.build_request(
            method,
            url.copy_with(host=str(address), userinfo=b""),
            headers={"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        response = client.send(request, stream=True)
        response.close()
        return response

    def address_of(self, url: httpx.URL) -> IPv4Address | IPv6Address:
        """Raises NoHost, and Private where any address of the host is."""
        try:
            port = url.port or (443 if url.scheme == "https" else 80)
            rows = socket.getaddrinfo(url.raw_host.decode("ascii"), port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NoHost(for_now=error.errno == socket.EAI_AGAIN) from error
        except UnicodeError as error:
            raise NoHost(for_now=False) from error
        addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
        if not addresses:
            raise NoHost(for_now=True)
        if not all(is_public(each) or self.is_ours(each) for each in addresses):
            raise Private
        return addresses[0]

    def is_ours(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)


def host_of(url: str) -> str:
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return ""


def next_url(response: httpx.Response) -> str:
    """Where a redirect leads; blank where it is none."""
    if not response.has_redirect_location:
        return ""
    asked = response.request
    path = asked.url.raw_path.decode("ascii")
    base = httpx.URL(f"{asked.url.scheme}://{asked.headers['Host']}{path}")
    return str(base.join(response.headers["Location"]))


def answer_of(response: httpx.Response) -> Answer:
    said = f"HTTP {response.status_code} {response.reason_phrase}".strip()[:100]
    kind = response.headers.get("Content-Type", "")[:100]
    if response.status_code in GONE:
        return Answer(State.GONE, said, kind)
    if response.status_code < 400 or response.status_code in REFUSING:
        return Answer(State.ANSWERS, said, kind)
    return Answer(State.SILENT, said, kind)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether anybody may be reached at it; an IPv4 address may hide in one of IPv6."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in NAT64:
            hidden = IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden:
            return is_public(hidden)
    return address.is_global and not address.is_multicast
