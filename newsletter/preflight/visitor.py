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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Event, Thread, Timer
from typing import Any

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
GLOBAL_UNICAST = ip_network("2000::/3")  # RFC 4291, 2.4: beyond it IPv6 has nobody to reach
CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


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


class OutOfTime(Exception):
    """The turn is over: of what was under way nothing is known."""


Said = SimpleQueue[tuple[str, Answer] | None]  # None: one caller is through


@dataclass(frozen=True)
class Visitor:
    """Who calls: first HEAD, then, where that is not answered well, GET."""

    networks: Sequence[IPv4Network | IPv6Network] = ()  # not public, and open to us all the same
    connect_seconds: float = 5
    call_seconds: float = 8  # at most, however slowly an answer drips in
    seconds_between: float = 0.3  # two calls at one host

    def visit_all(self, urls: Iterable[str], seconds: float) -> Iterator[tuple[str, Answer]]:
        """What each answers, as it comes. Those are left out that had not answered in so many
        seconds: no longer is anybody waited for, and a process that ends waits for nobody."""
        by_host = defaultdict(list)
        for url in urls:
            by_host[host_of(url)].append(url)
        ends_at = time.monotonic() + seconds
        groups, said = iter(list(by_host.values())), Said()  # all callers take from the same
        calling = min(MOST_HOSTS, len(by_host))
        for _ in range(calling):
            task = (groups, said, ends_at)
            Thread(target=self.visit_hosts, args=task, name="visitor", daemon=True).start()
        while calling:
            try:
                found = said.get(timeout=max(0, ends_at - time.monotonic()))
            except Empty:
                return
            if found:
                yield found
            else:
                calling -= 1

    def visit_hosts(self, groups: Iterator[Sequence[str]], said: Said, ends_at: float) -> None:
        try:
            for group in groups:
                self.visit_host(group, said, ends_at)
        except OutOfTime:
            pass
        finally:
            said.put(None)

    def visit_host(self, urls: Sequence[str], said: Said, ends_at: float) -> None:
        """One after the other, with a pause. Raises OutOfTime."""
        left_until(ends_at)
        if nobody := self.no_host(urls[0]):
            for url in urls:
                said.put((url, nobody))
            return
        with self.client() as client:
            for place, url in enumerate(urls):
                if place:
                    time.sleep(self.seconds_between)
                said.put((url, self.visit(client, url, ends_at)))

    def client(self) -> httpx.Client:
        """Without the environment's proxy: that would look each name up anew."""
        return httpx.Client(
            trust_env=False, headers={"User-Agent": USER_AGENT}, limits=ONE_CALL_A_CONNECTION
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

    def visit(self, client: httpx.Client, url: str, ends_at: float) -> Answer:
        answer = self.follow(client, "HEAD", url, ends_at)
        if answer.state in (State.ANSWERS, State.PRIVATE):
            return answer
        return self.follow(client, "GET", url, ends_at)

    def follow(self, client: httpx.Client, method: str, url: str, ends_at: float) -> Answer:
        """Along its redirects, each looked at anew."""
        for _ in range(MOST_REDIRECTS + 1):
            try:
                response = self.call(client, method, httpx.URL(url), ends_at)
                url = next_url(response)
            except (Private, NoHost) as not_called:
                return not_called.answer
            except httpx.TimeoutException:
                left_until(ends_at)  # or else nobody has given them their time
                return Answer(State.SILENT, "no time")
            except (httpx.TransportError, httpx.InvalidURL, OSError, ValueError):
                return Answer(State.SILENT, "no connection")
            if not url:
                return answer_of(response)
        return Answer(State.SILENT, "no end")

    def call(
        self, client: httpx.Client, method: str, url: httpx.URL, ends_at: float
    ) -> httpx.Response:
        """The answer's head, from the very address that was looked up. Raises OutOfTime."""
        if url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol(f"{url.scheme} is not the web")
        left_until(ends_at)
        address = self.address_of(url)
        seconds = min(self.call_seconds, left_until(ends_at))
        with hanging_up_after(seconds) as trace:
            request = client.build_request(
                method,
                url.copy_with(host=str(address), userinfo=b""),
                headers={"Host": url.netloc.decode("ascii")},
                timeout=httpx.Timeout(seconds, connect=min(self.connect_seconds, seconds)),
                extensions={"sni_hostname": url.raw_host.decode("ascii"), "trace": trace},
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
        except (ValueError, OverflowError) as error:  # a malformed name, a port beyond all
            raise NoHost(for_now=False) from error
        addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
        if not addresses:
            raise NoHost(for_now=True)
        if not all(is_public(each) or self.is_ours(each) for each in addresses):
            raise Private
        return addresses[0]

    def is_ours(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)


def host_of(url: str) -> bytes:
    """As it is written in ASCII; blank where the address is none."""
    try:
        return httpx.URL(url).raw_host
    except httpx.InvalidURL:
        return b""


def left_until(ends_at: float) -> float:
    """Seconds. Raises OutOfTime."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise OutOfTime
    return left


@contextmanager
def hanging_up_after(seconds: float) -> Iterator[Callable[[str, Any], None]]:
    """A call that lasts no longer, though each of its octets may come in time: a timeout of httpx
    is one of a single read. Give what is yielded to the request as its `trace`."""
    lines: list[socket.socket] = []
    is_over = Event()

    def hang_up() -> None:
        is_over.set()
        for line in lines[-1:]:  # the one in use; TLS has taken over what was connected
            with suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def note(event: str, info: Any) -> None:
        if event in CONNECTED:
            lines.append(info["return_value"].get_extra_info("socket"))
            if is_over.is_set():
                hang_up()

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield note
    except httpx.TransportError as error:
        if is_over.is_set():
            raise httpx.ReadTimeout("the call took too long") from error
        raise
    finally:
        timer.cancel()


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
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast
