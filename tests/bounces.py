"""Mails that come back: reports by the book, and those of servers that write as they like."""

from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import timezone

HEAD = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: <20261123.1@mx.example.net>
MIME-Version: 1.0
"""

REPORT = (
    HEAD
    + """Content-Type: multipart/report; report-type={kind}; boundary="=b"

--=b
Content-Type: text/plain

I am sorry to have to inform you that your message could not be delivered.

--=b
Content-Type: message/{kind}

{fields}

--=b
Content-Type: {original_type}

{original}
--=b--
"""
)


def dsn(name, *, to="paperboy@paperboy.example", action="failed", status="5.1.1", diagnostic=""):
    """A delivery status notification (RFC 3464)."""
    fields = "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; a@example.org\n"
    fields += f"Action: {action}\nStatus: {status}\n"
    fields += f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else ""
    return report("delivery-status", fields, name, to)


def arf(name, *, kind="abuse", to="abuse@paperboy.example"):
    """A complaint of a feedback loop (RFC 5965)."""
    fields = f"Feedback-Type: {kind}\nUser-Agent: Example/1.0\nVersion: 1"
    return report("feedback-report", fields, name, to)


def report(kind, fields, name, to):
    return REPORT.format(
        kind=kind,
        fields=fields,
        to=to,
        date=format_datetime(timezone.now()),
        original_type="text/rfc822-headers" if kind == "delivery-status" else "message/rfc822",
        original=f"Subject: Daily Papers\nMessage-ID: {name}\nTo: a@example.org\n\n",
    ).encode()


def plain(to, text, sender="Mail Delivery System <MAILER-DAEMON@mx.example.net>", **headers):
    """A mail without any form."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "failure notice"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()
