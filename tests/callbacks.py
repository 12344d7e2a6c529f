"""What providers post to our webhook, as their documentation shows it, and signed as they sign.

`PAYLOADS` has, by provider, what became of a mail: the JSON of one call. The mail is named the way
that provider names it.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

SECRET = "paperboy:a shared secret"
KEYS = {
    "mailgun": "key-mailgun",
    "mailtrap": "key-mailtrap",
    "resend": "whsec_" + base64.b64encode(b"a secret of thirty-two octets...").decode(),
}
BASIC = "Basic " + base64.b64encode(SECRET.encode()).decode()


def brevo(event, **more):
    return lambda mail: {
        "event": event,
        "email": mail.address,
        "id": 26224,
        "message-id": "<201798300811.5787683@relay.domain.com>",
        "ts_epoch": mail.at * 1000,
        "X-Mailin-custom": json.dumps({"delivery": mail.name}),
        **more,
    }


def mailgun(event, **more):
    return lambda mail: {
        "signature": mailgun_signature(mail),
        "event-data": {
            "event": event,
            "id": "W3X4JOhFT-OZidZGKKr9iA",
            "timestamp": mail.at,
            "recipient": mail.address,
            "message": {"headers": {"message-id": "20260101.1@mg.example.org"}},
            "user-variables": {"delivery": mail.name},
            **more,
        },
    }


def mailgun_signature(mail):
    token = mail.digest[:50]
    signed = f"{int(mail.at)}{token}".encode()
    digest = hmac.new(KEYS["mailgun"].encode(), signed, hashlib.sha256).hexdigest()
    return {"token": token, "timestamp": str(int(mail.at)), "signature": digest}


def mailjet(event, **more):
    return lambda mail: [
        {
            "event": event,
            "time": int(mail.at),
            "email": mail.address,
            "MessageID": 19421777835146490,
            "Payload": json.dumps({"delivery": mail.name}),
            **more,
        }
    ]


def mailtrap(event, **more):
    return lambda mail: {
        "events": [
            {
                "event": event,
                "message_id": "4a4f5fbb",
                "event_id": mail.digest[:36],
                "email": mail.address,
                "timestamp": int(mail.at),
                "custom_variables": {"delivery": mail.name},
                **more,
            }
        ]
    }


def postmark(record, when, to="Email", **more):
    """Only of a bounce it tells an id."""
    return lambda mail: {
        "RecordType": record,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        to: mail.address,
        when: mail.moment.isoformat(),
        "Metadata": {"delivery": mail.name},
        **({"ID": int(mail.digest[:12], 16)} if record in ("Bounce", "SpamComplaint") else {}),
        **more,
    }


def resend(event, **more):
    return lambda mail: {
        "type": event,
        "created_at": mail.moment.isoformat(),
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "to": [mail.address],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"delivery": mail.name})}],
            **more,
        },
    }


def sendgrid(event, **more):
    return lambda mail: [
        {
            "event": event,
            "email": mail.address,
            "timestamp": int(mail.at),
            "sg_event_id": mail.digest[:22],
            "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
            "delivery": mail.name,
            **more,
        }
    ]


def ses(event, **more):
    return lambda mail: {
        "Type": "Notification",
        "MessageId": mail.digest[:36],
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:paperboy",
        "Timestamp": mail.moment.isoformat().replace("+00:00", "Z"),
        "Message": json.dumps(
            {
                "eventType": event,
                "mail": {
                    "messageId": "0100017f",
                    "destination": [mail.address],
                    "headers": [
                        {"name": "X-Metadata", "value": json.dumps({"delivery": mail.name})}
                    ],
                },
                **{name: told(mail) if callable(told) else told for name, told in more.items()},
            }
        ),
    }


def ses_bounce(kind, detail, code=""):
    return ses(
        "Bounce",
        bounce=lambda mail: {
            "bounceType": kind,
            "bounceSubType": detail,
            "bouncedRecipients": [{"emailAddress": mail.address, "diagnosticCode": code}],
        },
    )


def sparkpost(event, **more):
    return lambda mail: [
        {
            "msys": {
                "message_event": {
                    "type": event,
                    "event_id": mail.digest[:18],
                    "timestamp": str(int(mail.at)),
                    "raw_rcpt_to": mail.address,
                    "transmission_id": "65832150921904138",
                    "rcpt_meta": {"delivery": mail.name},
                    **more,
                }
            }
        }
    ]


PAYLOADS = {
    "brevo": {
        "delivered": brevo("delivered"),
        "hard": brevo("hard_bounce", reason="550 5.1.1 no such user"),
        "soft": brevo("soft_bounce", reason="452 4.2.2 the mailbox is full"),
        "policy": brevo("soft_bounce", reason="550 5.7.26 not authenticated"),
        "complained": brevo("spam"),
        "unsubscribed": brevo("unsubscribe"),
        "other": brevo("unique_opened"),
    },
    "mailgun": {
        "delivered": mailgun("delivered"),
        "hard": mailgun("failed", severity="permanent", reason="suppress-bounce"),
        "soft": mailgun(
            "failed",
            severity="permanent",
            reason="generic",
            **{"delivery-status": {"code": 552, "message": "5.2.2 over quota"}},
        ),
        "policy": mailgun(
            "failed",
            severity="permanent",
            reason="bounce",
            **{"delivery-status": {"code": 550, "message": "5.7.1 blocked"}},
        ),
        "complained": mailgun("complained"),
        "unsubscribed": mailgun("unsubscribed"),
        "other": mailgun("failed", severity="temporary", reason="generic"),
    },
    "mailjet": {
        "delivered": mailjet("sent"),
        "hard": mailjet("bounce", hard_bounce=True, error="user unknown"),
        "soft": mailjet("bounce", hard_bounce=False, error="quota exceeded"),
        "policy": mailjet("blocked", error="sender blocked"),
        "complained": mailjet("spam", source="JMRPP"),
        "unsubscribed": mailjet("unsub"),
        "other": mailjet("open"),
    },
    "mailtrap": {
        "delivered": mailtrap("delivery"),
        "hard": mailtrap("bounce", response="550 no mailbox here", response_code=550),
        "soft": mailtrap("soft bounce", response="450 4.2.0 try later"),
        "policy": mailtrap("bounce", response="550 5.7.1 spam content"),
        "complained": mailtrap("spam"),
        "unsubscribed": mailtrap("unsubscribe"),
        "other": mailtrap("click", url="https://example.org"),
    },
    "postmark": {
        "delivered": postmark("Delivery", "DeliveredAt", to="Recipient", Details="250 2.0.0 OK"),
        "hard": postmark("Bounce", "BouncedAt", Type="HardBounce", Details="unknown user"),
        "soft": postmark("Bounce", "BouncedAt", Type="SoftBounce", Details="552 full"),
        "policy": postmark("Bounce", "BouncedAt", Type="SpamNotification", Details="filtered"),
        "complained": postmark("SpamComplaint", "BouncedAt", Type="SpamComplaint"),
        "unsubscribed": postmark(
            "SubscriptionChange",
            "ChangedAt",
            to="Recipient",
            SuppressSending=True,
            SuppressionReason="ManualSuppression",
        ),
        "other": postmark("Open", "ReceivedAt", to="Recipient"),
    },
    "resend": {
        "delivered": resend("email.delivered"),
        "hard": resend("email.bounced", bounce={"type": "Permanent", "message": "hard bounce"}),
        "soft": resend("email.bounced", bounce={"type": "Transient", "message": "inbox was full"}),
        "policy": resend(
            "email.bounced", bounce={"type": "Permanent", "message": "550 5.7.1 refused"}
        ),
        "complained": resend("email.complained"),
        "other": resend("email.delivery_delayed"),
    },
    "sendgrid": {
        "delivered": sendgrid("delivered", response="250 OK"),
        "hard": sendgrid("bounce", type="bounce", status="5.1.1", reason="550 5.1.1 unknown"),
        "soft": sendgrid("bounce", type="blocked", status="4.2.2", reason="452 4.2.2 full"),
        "policy": sendgrid("bounce", type="bounce", status="5.0.0", reason="550 5.7.1 spam"),
        "complained": sendgrid("spamreport"),
        "unsubscribed": sendgrid("unsubscribe"),
        "other": sendgrid("processed"),
    },
    "ses": {
        "delivered": ses("Delivery", delivery=lambda mail: {"recipients": [mail.address]}),
        "hard": ses_bounce("Permanent", "OnAccountSuppressionList"),
        "soft": ses_bounce("Transient", "MailboxFull", "smtp; 552 5.2.2 mailbox full"),
        "policy": ses_bounce("Permanent", "General", "smtp; 550 5.7.1 policy"),
        "complained": ses(
            "Complaint",
            complaint=lambda mail: {"complainedRecipients": [{"emailAddress": mail.address}]},
        ),
        "other": ses("Send", send={}),
    },
    "sparkpost": {
        "delivered": sparkpost("delivery"),
        "hard": sparkpost("bounce", bounce_class="10", raw_reason="550 no such user"),
        "soft": sparkpost("bounce", bounce_class="22", raw_reason="552 5.2.2 full"),
        "policy": sparkpost("bounce", bounce_class="51", raw_reason="554 spam"),
        "complained": sparkpost("spam_complaint"),
        "unsubscribed": sparkpost("list_unsubscribe"),
        "other": sparkpost("injection"),
    },
}


class Mail:
    """One of ours, as a provider speaks of it."""

    def __init__(self, name, address, at=None, number=0):
        self.name, self.address, self.number = name, address, number
        self.moment = at or datetime.now(UTC) - timedelta(minutes=1)

    @property
    def at(self):
        return self.moment.timestamp()

    @property
    def digest(self):
        """The same for the same event, of which providers make ids."""
        said = f"{self.name} {self.address} {self.at} {self.number}"
        return hashlib.sha256(said.encode()).hexdigest()


def call(provider, kind, mail):
    """The body and the headers of a call."""
    payload = PAYLOADS[provider][kind](mail)
    return json.dumps(payload).encode(), headers_of(provider, payload)


def headers_of(provider, payload):
    headers = {"Content-Type": "application/json", "Authorization": BASIC}
    if provider == "ses":
        headers["X-Amz-Sns-Message-Type"] = payload["Type"]
        headers["X-Amz-Sns-Message-Id"] = payload["MessageId"]
    return headers


def resend_signature(body, key=KEYS["resend"], at=None, message_id="msg_1"):
    moment = str(int((at or datetime.now(UTC)).timestamp()))
    secret = base64.b64decode(key.removeprefix("whsec_"))
    signed = f"{message_id}.{moment}.".encode() + body
    digest = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    return {"Svix-Id": message_id, "Svix-Timestamp": moment, "Svix-Signature": f"v1,{digest}"}


def mailtrap_signature(body):
    digest = hmac.digest(KEYS["mailtrap"].encode(), body, hashlib.sha256).hex()
    return {"Mailtrap-Signature": digest}
