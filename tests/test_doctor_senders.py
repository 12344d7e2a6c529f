"""Real questions to a name server on this machine."""

import base64

import dns.resolver
import pytest

from newsletter.doctor import senders
from newsletter.models import Newsletter, Suppression
from newsletter.models.subscribers import address_key
from tests.doctor import facts, found
from tests.name_server import NameServer

pytestmark = pytest.mark.django_db
HOME = "news.paperboy.kr"
LONG_KEY = base64.b64encode(b"k" * 294).decode()
SHORT_KEY = base64.b64encode(b"k" * 162).decode()


@pytest.fixture(autouse=True)
def sender(daily_papers, settings):
    Newsletter.objects.exclude(pk=daily_papers.pk).update(is_active=False)
    daily_papers.from_address = f"paper@{HOME}"
    daily_papers.save()
    settings.CHANNELS = {"default": "resend://KEY"}


@pytest.fixture(autouse=True)
def zone(monkeypatch):
    """All that such a domain should have."""
    server = NameServer()
    monkeypatch.setattr(dns.resolver, "default_resolver", server.resolver())
    server.records[HOME, "SOA"] = [f"ns.{HOME}. root.{HOME}. 1 2 3 4 5"]
    server.records[HOME, "MX"] = ["10 mx.paperboy.kr."]
    server.text(HOME, "v=spf1 include:spf.relay.kr -all", "something else")
    server.text("spf.relay.kr", "v=spf1 ip4:192.0.2.1 -all")
    server.text("_dmarc.paperboy.kr", "v=DMARC1; p=reject")
    server.text(f"resend._domainkey.{HOME}", f"v=DKIM1; p={LONG_KEY}")
    yield server
    server.close()


def test_a_domain_with_spf_dkim_and_dmarc_vouches_for_our_mail():
    assert found(senders.senders) == []


@pytest.mark.parametrize(
    ("name", "texts", "expected"),
    [
        (HOME, [], ("spf-missing", "warning")),
        (HOME, ["v=spf1 -all", "v=spf1 a -all"], ("spf-several", "warning")),
        (HOME, ["v=spf1 a"], ("spf-open", "warning")),
        (HOME, ["v=spf1 mx ?all"], ("spf-open", "warning")),
        (HOME, ["v=spf1 +all"], ("spf-open", "warning")),
        (HOME, ["v=spf1 redirect=spf.relay.kr"], None),
        (HOME, ["V=SPF1 a ~ALL"], None),
        (HOME, ["v=spf1 " + "a:a.kr " * 10 + "-all"], None),
        (HOME, ["v=spf1 " + "a:a.kr " * 11 + "-all"], ("spf-too-long", "warning")),
        (
            HOME,
            ["v=spf1 include:a.kr " + "exists:x " * 10 + "~all"],
            ("spf-too-long", "warning"),
        ),
        ("_dmarc.paperboy.kr", [], ("dmarc-missing", "warning")),
        ("_dmarc.paperboy.kr", ["v=DMARC1; p=none", "v=DMARC1"], ("dmarc-several", "warning")),
        ("_dmarc.paperboy.kr", ["v=DMARC1; p=none; pct=0"], ("dmarc-outdated", "warning")),
        (f"_dmarc.{HOME}", ["v=DMARC1; p=none; t=y"], None),
        (f"resend._domainkey.{HOME}", [], ("dkim-not-found", "unknown")),
        (f"resend._domainkey.{HOME}", ["v=DKIM1; p="], ("dkim-revoked", "warning")),
        (f"resend._domainkey.{HOME}", [f"p={SHORT_KEY}"], ("dkim-weak", "warning")),
        (f"resend._domainkey.{HOME}", ["k=ed25519; p=MCowBQYDK2VwAyEA"], None),
    ],
)
def test_what_the_records_lack_is_told(zone, name, texts, expected):
    zone.text(name, *texts)

    assert found(senders.senders) == ([expected] if expected else [])


def test_records_that_include_each_other_are_counted_to_the_limit(zone):
    zone.text(HOME, "v=spf1 include:a.kr -all")
    zone.text("a.kr", "v=spf1 include:b.kr -all")
    zone.text("b.kr", "v=spf1 include:a.kr -all")

    assert found(senders.senders) == []
    assert len(zone.asked) < 20


def test_a_key_in_pieces_is_one_key(zone):
    pieces = f'"v=DKIM1; p={LONG_KEY[:200]}" "{LONG_KEY[200:]}"'
    zone.records[f"resend._domainkey.{HOME}", "TXT"] = [pieces]

    assert found(senders.senders) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("paper@localhost", "sender-nobodys"),
        ("paper@papers.example", "sender-nobodys"),
        ("paper@gmail.com", "sender-free-mail"),
        ("paper@naver.com", "sender-free-mail"),
    ],
)
def test_a_sender_who_may_not_send_stops_mail_and_nobody_is_asked(
    zone, daily_papers, address, expected
):
    Newsletter.objects.filter(pk=daily_papers.pk).update(from_address=address)

    assert (found(senders.senders), zone.asked) == ([(expected, "stop")], [])


def test_a_domain_that_is_not_there_stops_mail(zone):
    zone.records.clear()

    assert ("sender-not-there", "stop") in found(senders.senders)


@pytest.mark.parametrize("servers", [[], ["0 ."]])
def test_a_domain_that_takes_no_mail_is_told(zone, servers):
    zone.records[HOME, "MX"] = servers

    assert found(senders.senders) == [("sender-takes-no-mail", "warning")]


def test_a_domain_without_mx_takes_mail_at_its_address(zone):
    del zone.records[HOME, "MX"]
    zone.records[HOME, "A"] = ["192.0.2.1"]

    assert found(senders.senders) == []


@pytest.mark.parametrize(
    ("bounces", "policy", "is_aligned"),
    [
        (f"b@{HOME}", "v=DMARC1; p=none; aspf=s", True),
        ("b@bounces.paperboy.kr", "v=DMARC1; p=none", True),
        ("b@bounces.paperboy.kr", "v=DMARC1; p=none; aspf=s", False),
        ("b@elsewhere.kr", "v=DMARC1; p=none", False),
    ],
)
def test_bounces_go_back_to_the_senders_domain(zone, settings, bounces, policy, is_aligned):
    settings.CHANNELS = {"default": "smtp://relay"}
    settings.BOUNCE_ADDRESS = bounces
    zone.text("_dmarc.paperboy.kr", policy)
    zone.text(f"default._domainkey.{HOME}", f"p={LONG_KEY}")

    assert found(senders.senders) == ([] if is_aligned else [("not-aligned", "warning")])


def test_the_domain_that_mailgun_signs_as_is_the_senders(zone, settings):
    settings.CHANNELS = {"default": "mailgun://KEY?sender_domain=mg.elsewhere.kr"}
    zone.text(f"mx._domainkey.{HOME}", f"p={LONG_KEY}")

    assert facts(senders.senders) == [{"domain": HOME, "signer": "mg.elsewhere.kr"}]


def test_a_name_server_that_says_nothing_is_no_trouble(zone):
    zone.is_silent = True

    assert found(senders.senders) == [("not-known", "unknown")] * 4


def test_mail_that_stays_here_asks_nobody(zone, settings):
    settings.CHANNELS = {"default": "maildir:///var/mail"}

    assert (found(senders.senders), zone.asked) == ([], [])


def test_a_sender_who_is_suppressed_is_told(daily_papers):
    well = found(senders.own_addresses)
    key = address_key(daily_papers.from_address)
    Suppression.objects.create(address_key=key, reason=Suppression.Reason.BOUNCED)

    assert (well, found(senders.own_addresses)) == ([], [("sender-suppressed", "warning")])
