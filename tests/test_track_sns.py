"""Whose a message of Amazon SNS is, and whether we want its topic."""

import json

import httpx
import pytest

from newsletter.track import sns
from newsletter.track.sns import Forged, verify
from tests.sns import signed

TOPIC = "arn:aws:sns:eu-west-1:123456789012:paperboy"
NOTIFICATION = {
    "Type": "Notification",
    "MessageId": "22b80b92",
    "TopicArn": TOPIC,
    "Subject": "Amazon SES Email Event Notification",
    "Message": '{"eventType": "Send"}',
    "Timestamp": "2026-11-23T09:00:00.000Z",
}
QUESTION = {
    **NOTIFICATION,
    "Type": "SubscriptionConfirmation",
    "Token": "2336412f37",
    "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336",
}


def certificate(url):
    return signed.CERTIFICATE


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "message",
    [NOTIFICATION, QUESTION, {k: v for k, v in NOTIFICATION.items() if k != "Subject"}],
)
def test_what_amazon_signed_is_believed(message, version):
    verify(signed.message(message, version=version), certificate)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"Message": "{}"}, "the signature is not Amazon's"),
        ({"MessageId": "another"}, "the signature is not Amazon's"),
        ({"TopicArn": "arn:aws:sns:eu-west-1:1:mallory"}, "the signature is not Amazon's"),
        ({"Subject": "another"}, "the signature is not Amazon's"),
        ({"Signature": "AAAA"}, "the signature is not Amazon's"),
        ({"Signature": "no base64!"}, "the signature is not Amazon's"),
        ({"SignatureVersion": "3"}, "a signature of no known version"),
        ({"Type": "Invitation"}, "a message of no known type"),
        *(
            ({"SigningCertURL": url}, "an address that is not Amazon's")
            for url in [
                "http://sns.eu-west-1.amazonaws.com/x.pem",
                "https://sns.eu-west-1.amazonaws.com.mallory.example/x.pem",
                "https://mallory.example/sns.eu-west-1.amazonaws.com/x.pem",
                "https://sns.eu-west-1.amazonaws.com@mallory.example/x.pem",
                "https://s3.eu-west-1.amazonaws.com/mallory/x.pem",
                "https://sns.eu-west-1.amazonaws.com:8443/x.pem",
                "file:///etc/passwd",
            ]
        ),
    ],
)
def test_what_amazon_did_not_sign_is_forged(changed, why):
    with pytest.raises(Forged, match=why):
        verify(signed.message(NOTIFICATION, **changed), certificate)


def test_a_message_under_another_key_is_forged():
    with pytest.raises(Forged, match="the signature is not Amazon's"):
        verify(signed.message(NOTIFICATION, key=signed.ANOTHER_KEY), certificate)


@pytest.mark.parametrize(("topics", "is_ours"), [([], True), ([TOPIC], True), (["arn:x"], False)])
def test_where_our_topics_are_named_no_other_counts(settings, topics, is_ours):
    settings.SES_TOPICS = topics
    message = signed.message(NOTIFICATION)

    if is_ours:
        verify(message, certificate)
    else:
        with pytest.raises(Forged, match="SES_TOPICS"):
            verify(message, certificate)


@pytest.fixture
def asked(monkeypatch):
    """What was asked of Amazon, beside its certificate."""
    urls = []

    def get(url, timeout):
        urls.append(url)
        content = signed.CERTIFICATE if url.endswith(".pem") else b"<xml/>"
        return httpx.Response(200, content=content, request=httpx.Request("GET", url))

    sns.certificate.cache_clear()
    monkeypatch.setattr(httpx, "get", get)
    return urls


def test_amazon_is_told_that_we_want_the_topic_when_it_asks(asked):
    body = json.dumps(signed.message(QUESTION)).encode()

    assert not sns.is_notification(body)
    assert asked[1:] == [QUESTION["SubscribeURL"]]


def test_nobody_can_have_us_ask_elsewhere(asked):
    body = json.dumps(signed.message(QUESTION | {"SubscribeURL": "https://10.0.0.1/"})).encode()

    with pytest.raises(Forged):
        sns.is_notification(body)
    assert len(asked) == 1


def test_the_certificate_is_fetched_once(asked):
    body = json.dumps(signed.message(NOTIFICATION)).encode()

    assert [sns.is_notification(body) for _ in range(3)] == [True] * 3
    assert len(asked) == 1
