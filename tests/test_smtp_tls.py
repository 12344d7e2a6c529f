"""TLS and AUTH: certificates are checked, and nothing is said in the clear that must not be."""

import smtplib
import ssl

import pytest
from django.core.mail import EmailMessage

from newsletter.providers import way_out
from newsletter.smtp import EmailBackend
from newsletter.smtp.options import Tls
from tests.certificates import make_authority
from tests.smtp_sink import Sink, SinkThread, server_context
from tests.smtp_trip import ACCEPTED, content, reader, readers, trip_to


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def sink_with(authority):
    """A sink with a certificate; both ways into TLS are tested with it."""
    threads = []

    def start(tls: Tls, certificate=None) -> Sink:
        context = server_context(certificate or authority.sign("localhost"))
        kind = "implicit" if tls is Tls.IMPLICIT else "starttls"
        threads.append(SinkThread(Sink(context=context, tls=kind)))
        return threads[-1].__enter__()

    yield start
    for thread in threads:
        thread.__exit__()


BOTH = pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])


def secure(sink, authority, tls, **more):
    options = {"host": "localhost", "tls": tls, "cafile": str(authority.cafile)}
    return trip_to(sink, **options | more)


@BOTH
def test_mail_travels_under_tls_on_several_connections(sink_with, authority, tls):
    sink = sink_with(tls)
    with secure(sink, authority, tls, connections=3) as trip:
        results = trip.go(readers(30))

    assert results == dict.fromkeys(range(1, 31), ACCEPTED)
    assert sorted(sink.recipients) == sorted(each.address for each in readers(30))


@BOTH
def test_connections_that_a_slice_did_not_need_are_kept_under_tls_too(sink_with, authority, tls):
    sink = sink_with(tls)
    with secure(sink, authority, tls, connections=3) as trip:
        results = [trip.go([reader(number)]) for number in range(6)]

    assert results == [{number: ACCEPTED} for number in range(6)]
    assert sink.connection_count == 3


@BOTH
def test_a_message_larger_than_any_buffer_travels_whole_under_tls(sink_with, authority, tls):
    def large(addressee, eight_bit):
        return content(addressee, eight_bit) + b"0123456789abcdef" * 4 * 1000 * 90 + b"\r\n"

    sink = sink_with(tls)
    with secure(sink, authority, tls, content_seconds=20) as trip:
        results = trip.go(readers(2), large)

    assert results == {1: ACCEPTED, 2: ACCEPTED}
    assert sink.contents == [large(each, True).replace(b"\r\n..", b"\r\n.") for each in readers(2)]


@BOTH
def test_a_certificate_of_an_authority_nobody_trusts_shuts_the_door(sink_with, authority, tls):
    sink = sink_with(tls)
    with (
        secure(sink, authority, tls, cafile="") as trip,
        pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"),
    ):
        trip.relay.open()

    assert sink.entries == []


@BOTH
def test_a_certificate_of_another_host_shuts_the_door(sink_with, authority, tls):
    sink = sink_with(tls, authority.sign("elsewhere.example.org"))
    with (
        secure(sink, authority, tls) as trip,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        trip.relay.open()


def test_an_authority_whose_file_is_missing_shuts_the_door(sink_with, authority):
    sink = sink_with(Tls.IMPLICIT)
    with (
        secure(sink, authority, Tls.IMPLICIT, cafile="/nowhere/authority.pem") as trip,
        pytest.raises(FileNotFoundError),
    ):
        trip.relay.open()


def test_a_relay_that_does_not_offer_starttls_gets_nothing_in_the_clear(sink, authority):
    sink.faults.user, sink.faults.password = "paperboy", "secret"
    with (
        secure(sink, authority, Tls.STARTTLS, user="paperboy", password="secret") as trip,
        pytest.raises(smtplib.SMTPNotSupportedError),
    ):
        trip.relay.open()

    assert sink.entries == []


def test_a_relay_that_refuses_starttls_gets_nothing_in_the_clear(sink_with, authority):
    sink = sink_with(Tls.STARTTLS)
    sink.add("STARTTLS", reply="454 4.7.0 not now")
    with (
        secure(sink, authority, Tls.STARTTLS) as trip,
        pytest.raises(smtplib.SMTPResponseException, match="454"),
    ):
        trip.relay.open()


def test_a_line_under_tls_that_is_cut_is_opened_again(sink_with, authority):
    sink = sink_with(Tls.IMPLICIT)
    sink.add("MAIL", skip=2, times=1, cut=True)
    with secure(sink, authority, Tls.IMPLICIT) as trip:
        results = trip.go(readers(5))

    assert results == dict.fromkeys(range(1, 6), ACCEPTED)
    assert sink.connection_count == 2


def test_mail_is_taken_from_who_logs_in(sink):
    sink.faults.user, sink.faults.password = "paperboy", "open sesame"
    with trip_to(sink, user="paperboy", password="open sesame", connections=2) as trip:
        results = trip.go(readers(6))

    assert results == dict.fromkeys(range(1, 7), ACCEPTED)


def test_a_password_that_is_refused_shuts_the_door(sink):
    sink.faults.user, sink.faults.password = "paperboy", "open sesame"
    with (
        trip_to(sink, user="paperboy", password="wrong") as trip,
        pytest.raises(smtplib.SMTPAuthenticationError) as refused,
    ):
        trip.relay.open()

    assert "wrong" not in repr(refused.value).replace("wrong user or password", "")


def test_a_password_that_smtp_cannot_write_shuts_the_door(sink):
    sink.faults.user, sink.faults.password = "paperboy", "비밀"
    with (
        trip_to(sink, user="paperboy", password="비밀") as trip,
        pytest.raises(OSError, match="cannot be written"),
    ):
        trip.go([reader(1)])


def small_mail(tls, sink, query=""):
    connection = EmailBackend(**way_out(f"{tls.value}://localhost:{sink.port}{query}").options)
    return connection.send_messages([EmailMessage("hi", "", "from@example.org", ["to@b.org"])])


@BOTH
def test_a_small_mail_leaves_under_tls(sink_with, authority, tls):
    sink = sink_with(tls)

    assert small_mail(tls, sink, f"?cafile={authority.cafile}") == 1
    assert sink.recipients == ["to@b.org"]


@BOTH
def test_a_small_mail_does_not_leave_where_nobody_trusts_the_certificate(sink_with, tls):
    with pytest.raises(ssl.SSLCertVerificationError):
        small_mail(tls, sink_with(tls))
