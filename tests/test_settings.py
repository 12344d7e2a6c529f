"""What a process makes of its environment when it starts."""

import os
import stat
import subprocess
import sys
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from environs import ValidationError

from newsletter.environment import sendgrid_key, topics

BLANK = dict.fromkeys(
    ("SITE_URL", "DEFAULT_FROM_EMAIL", "PROXY_COUNT", "CONFIRMATIONS_AN_HOUR", "SMTPUTF8"), ""
)


def start(folder, *, show="SECRET_KEY", **variables):
    """A process that reads its settings and prints one; it has a folder of its own."""
    return run(f"print(settings.{show})", {"VAR_DIR": str(folder), "SECRET_KEY": ""} | variables)


def run(lines, variables):
    return subprocess.Popen(
        [sys.executable, "-c", f"from newsletter import settings\n{lines}"],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_key_is_made_once_and_for_nobody_else(tmp_path):
    shown = [start(tmp_path).communicate()[0].strip() for _ in range(2)]

    key_file = tmp_path / "secret_key"
    assert shown == [key_file.read_text()] * 2
    assert len(shown[0]) == 50
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["secret_key"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PROXY_COUNT": "many"}, "write a whole number from 0 on"),
        ({"LLM_MODEL": "parrot:large"}, "LLM_MODEL"),
        ({"DATABASE_URL": "nosql://here"}, "DATABASE_URL"),
    ],
)
def test_a_command_that_cannot_start_says_why_in_a_line(variables, said):
    command = [sys.executable, "manage.py", "check"]

    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True)

    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr


def test_processes_that_start_at_once_get_the_same_key(tmp_path):
    folders = [tmp_path / str(number) for number in range(300)]
    for folder in folders:
        folder.mkdir()
    lines = (
        "for number in range(300):\n"
        f"    folder = settings.Path({str(tmp_path)!r}, str(number))\n"
        "    print(settings.kept_secret_key(folder))\n"
    )

    racing = [run(lines, {}) for _ in range(2)]

    kept = [folder / "secret_key" for folder in folders]
    shown = [process.communicate()[0].splitlines() for process in racing]
    assert shown == [[key.read_text() for key in kept]] * 2


def test_an_empty_file_is_no_key(tmp_path):
    (tmp_path / "secret_key").touch()

    process = start(tmp_path)

    assert "secret_key is empty: bring it back from a backup" in process.communicate()[1]
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("name", "value", "what_to_write"),
    [
        ("DEFAULT_FROM_EMAIL", "Paperboy", "Paperboy <paperboy@example.org>"),
        ("SITE_URL", "papers.example.org", "https://papers.example.org"),
        ("SITE_URL", "ftp://papers.example.org", "https://papers.example.org"),
        ("EMAIL_URL", "relay.example", "use one of: maildir, smtp"),
        ("API_ORIGINS", "blog.example.org", "https://blog.example.org"),
        ("API_ORIGINS", "https://a.example.org, https://b.example.org/", "https://blog.example"),
        ("API_ORIGINS", "https://Blog.example.org", "https://blog.example.org"),
        ("LINK_NETWORKS", "10.0.0.1/8", "write networks: 10.0.0.0/8"),
        ("PROXY_COUNT", "-1", "a whole number from 0 on"),
        ("PROXY_COUNT", "one", "a whole number from 0 on"),
        ("CONFIRMATIONS_AN_HOUR", "0", "a whole number from 1 on"),
        ("PROOF_OF_WORK", "perhaps", "true or false"),
        ("WEBHOOK_SECRET", "a secret", "user:password"),
        ("WEBHOOK_KEY_RESEND", "whsec_", "whsec_ and Base64"),
        ("WEBHOOK_KEY_RESEND", "whsec_%%%", "whsec_ and Base64"),
        ("WEBHOOK_KEY_SENDGRID", "SG.key", "verification key"),
        ("WEBHOOK_KEY_SENDGRID", "YWJj", "verification key"),
        ("SES_TOPICS", "paperboy", "arn:aws:sns:"),
    ],
)
def test_a_variable_that_cannot_be_read_stops_the_start_with_its_name(
    tmp_path, name, value, what_to_write
):
    process = start(tmp_path, **{name: value})

    last_line = process.communicate()[1].splitlines()[-1]

    assert process.returncode == 1
    assert name in last_line and what_to_write in last_line


def test_sites_that_may_ask_are_read_with_spaces_between(tmp_path):
    sites = "https://a.example.org, http://localhost:8080 "

    process = start(tmp_path, show="CORS_ALLOWED_ORIGINS", API_ORIGINS=sites)

    shown = process.communicate()[0].strip()
    assert shown == "['https://a.example.org', 'http://localhost:8080']"


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("SITE_URL", "http://localhost:8000"),
        ("DEFAULT_FROM_EMAIL", "Paperboy <paperboy@localhost>"),
        ("PROXY_COUNT", "0"),
        ("CONFIRMATIONS_AN_HOUR", "600"),
        ("SMTPUTF8", "False"),
    ],
)
def test_a_blank_variable_is_as_none(tmp_path, name, default):
    process = start(tmp_path, show=name, **BLANK)

    assert process.communicate()[0].strip() == default


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("PROXY_COUNT", "2", "2"),
        ("PROOF_OF_WORK", "yes", "True"),
        ("WEBHOOK_SECRET", "a:b, c:d", "['a:b', 'c:d']"),
        (
            "SES_TOPICS",
            "arn:aws:sns:eu-west-1:123456789012:a, arn:aws-cn:sns:cn-north-1:1:b",
            "['arn:aws:sns:eu-west-1:123456789012:a', 'arn:aws-cn:sns:cn-north-1:1:b']",
        ),
    ],
)
def test_a_variable_that_can_be_read_is_taken(tmp_path, name, value, shown):
    process = start(tmp_path, show=name, **{name: value})

    assert process.communicate()[0].strip() == shown


def test_the_keys_of_signatures_are_taken_as_providers_show_them(tmp_path):
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    keys = {
        "WEBHOOK_KEY_RESEND": "whsec_c2VjcmV0",
        "WEBHOOK_KEY_SENDGRID": b64encode(der).decode(),
    }

    process = start(tmp_path, show="WEBHOOK_KEYS", **keys)

    assert all(key in process.communicate()[0] for key in keys.values())


@pytest.mark.parametrize(
    ("check", "value"), [(topics, ["arn:aws:sns:eu-west-1:1:a"]), (sendgrid_key, "YWJj")]
)
def test_what_cannot_be_asked_for_without_cryptography_says_so(monkeypatch, check, value):
    monkeypatch.setitem(sys.modules, "cryptography", None)

    with pytest.raises(ValidationError, match="pip install cryptography"):
        check(value)
