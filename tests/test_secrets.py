"""Secrets that were planted in the environment are searched for in all that is printed (T18)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLANTED = "planted-7f3a91"
ENVIRONMENT = {
    "SECRET_KEY": f"{PLANTED}-key",
    "SECRET_KEY_FALLBACKS": f"{PLANTED}-former",
    "ADDRESS_PEPPER": f"{PLANTED}-pepper",
    "EMAIL_URL": f"smtp://reader:{PLANTED}-password@127.0.0.1:9",
    "EMAIL_URL_SPARE": f"postmark://{PLANTED}-token?api_url=http://127.0.0.1:9/",
    "WEBHOOK_SECRET": f"paperboy:{PLANTED}-secret",
    "WEBHOOK_KEY_MAILGUN": f"{PLANTED}-signing",
    "BOUNCE_MAILBOX": f"imap://bounces:{PLANTED}-mailbox@127.0.0.1:9/INBOX",
    "REDIS_URL": f"redis://:{PLANTED}-redis@127.0.0.1:9/0",
}
WORK = """
import logging
from django.core.mail import EmailMessage, get_connection
from django.conf import settings
from django.test import Client
from newsletter.models import Channel
from newsletter.outcome import send
from newsletter.providers import way_out
from newsletter import tasks
from newsletter.tick import tick

logging.getLogger().setLevel("DEBUG")
for url in settings.CHANNELS.values():
    way = way_out(url)
    print(way, send(EmailMessage("s", "b", "a@example.org", ["b@example.org"]), way.connection()))
tick()
tasks.read_bounces()
client = Client(raise_request_exception=False)
for path in ("/events/mailgun/", "/events/postmark/", "/nowhere/", "/readyz"):
    print(client.post(path, b"{", content_type="application/json").content)
1 / 0
"""
BAD = [
    {"EMAIL_URL": f"smtp://reader:{PLANTED}/x@127.0.0.1:9"},
    {"EMAIL_URL": f"sendgird://{PLANTED}"},
    {"EMAIL_URL": f"mailjet://{PLANTED}"},
    {"BOUNCE_MAILBOX": f"imap://bounces:{PLANTED}/x@127.0.0.1/INBOX"},
    {"WEBHOOK_SECRET": PLANTED},
    {"DATABASE_URL": f"postgres://paperboy:{PLANTED}@127.0.0.1:9:9/x"},
]


def printed(tmp_path, *arguments, **environment):
    """By a command, on whichever of the two streams."""
    own = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=os.environ | own | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_whatever_fails_prints_none(tmp_path):
    printed(tmp_path, "migrate", **ENVIRONMENT)

    said = printed(tmp_path, "shell", "--command", WORK, **ENVIRONMENT)

    assert "ZeroDivisionError" in said
    assert "cannot connect" in said or "refused" in said.lower()
    assert PLANTED not in said


@pytest.mark.parametrize("environment", BAD, ids=lambda each: next(iter(each)))
def test_a_start_that_is_refused_repeats_none(tmp_path, environment):
    said = printed(tmp_path, "check", **environment)

    assert next(iter(environment)) in said
    assert PLANTED not in said
