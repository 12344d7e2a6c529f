"""From which network a request comes, whatever its sender writes into it."""

import pytest
from django.test import RequestFactory

from newsletter.network import client_address, network_key, network_of


def request(forwarded: str = "", address: str = "192.0.2.7"):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory(headers=headers, REMOTE_ADDR=address).get("/")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.77, 10.0.0.1", ""),
        ("' OR 1=1", ""),
    ],
)
def test_an_address_is_told_by_its_network_alone(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("proxy_count", "forwarded", "address"),
    [
        (0, "203.0.113.1", "192.0.2.7"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.9, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.9, 203.0.113.1, 10.0.0.1", "203.0.113.1"),
        (2, "203.0.113.1", ""),
        (1, "", ""),
        (1, "203.0.113.7:51234", "203.0.113.7"),
        (1, "198.51.100.9:80, [2001:db8::1]:443", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(settings, proxy_count, forwarded, address):
    settings.PROXY_COUNT = proxy_count

    assert client_address(request(forwarded)) == address


def test_the_key_tells_networks_apart_and_no_address(settings):
    same = network_key(request(address="192.0.2.250"))

    assert network_key(request()) == same != network_key(request(address="192.0.3.7"))
    assert len(same) == 32
    assert "192" not in bytes.fromhex(same).decode("latin-1")
    assert network_key(request(address="")) == ""


def test_the_key_outlives_a_change_of_the_secret_key(settings):
    before = network_key(request())
    settings.SECRET_KEY = "another"

    assert network_key(request()) == before
