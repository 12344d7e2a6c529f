"""Whether a provider knows our key: by a question that costs nothing and changes nothing.

Each is the smallest that its API documents: the account, the key's rights, the list of senders. A
key that may do nothing but send is refused the answer, and known all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urljoin

import httpx
from django.utils.module_loading import import_string

from newsletter.providers import WayOut

TIMEOUT = httpx.Timeout(5)  # seconds


class Account(Enum):
    FINE = auto()
    REFUSED = auto()
    OUT_OF_REACH = auto()
    SANDBOX = auto()
    ODD = auto()


@dataclass(frozen=True)
class Asking:
    """Where the API is, what is asked there, and how the key is shown."""

    base: str
    path: str
    header: str = "Authorization"
    value: str = "Bearer {api_key}"
    user: str = ""  # for a provider that wants user and password instead
    password: str = ""
    restricted: str = ""  # what is said to a key that may only send


ASKINGS = {
    "brevo": Asking("https://api.brevo.com/v3/", "account", "api-key", "{api_key}"),
    "mailgun": Asking(
        "https://api.mailgun.net/v3/",
        "../v4/domains?limit=1",
        user="api",
        password="{api_key}",
    ),
    "mailjet": Asking(
        "https://api.mailjet.com/v3.1/",
        "../v3/REST/sender?Limit=1",
        user="{api_key}",
        password="{secret_key}",
    ),
    "mailtrap": Asking("https://mailtrap.io/api/", "accounts", value="Bearer {api_token}"),
    "postmark": Asking(
        "https://api.postmarkapp.com/", "server", "X-Postmark-Server-Token", "{server_token}"
    ),
    "resend": Asking("https://api.resend.com/", "domains", restricted="restricted_api_key"),
    "sendgrid": Asking("https://api.sendgrid.com/v3/", "scopes"),
    "sparkpost": Asking("https://api.sparkpost.com/api/v1/", "account", value="{api_key}"),
}
UNSURE = ("mailgun",)  # also says 401 to a key that may only send


def account_at(way: WayOut) -> tuple[Account, str]:
    """And what was said, where it was no yes. Raises nothing that the network can cause."""
    if way.scheme == "ses":
        return amazon(way)
    asking = ASKINGS[way.scheme]
    try:
        return judged(way.scheme, asking, asked(way, asking))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Account.OUT_OF_REACH, type(error).__name__


def asked(way: WayOut, asking: Asking) -> httpx.Response:
    options = {name: str(value) for name, value in way.options.items()}
    base = options.get("api_url", asking.base).rstrip("/") + "/"
    url = urljoin(base, asking.path)
    if asking.user:
        login = (asking.user.format(**options), asking.password.format(**options))
        return httpx.get(url, auth=login, timeout=TIMEOUT)
    headers = {asking.header: asking.value.format(**options)}
    return httpx.get(url, headers=headers, timeout=TIMEOUT)


def judged(scheme: str, asking: Asking, answer: httpx.Response) -> tuple[Account, str]:
    status = f"HTTP {answer.status_code}"
    if answer.is_success or answer.status_code == httpx.codes.FORBIDDEN:
        return Account.FINE, ""
    if answer.status_code != httpx.codes.UNAUTHORIZED:
        return Account.ODD, status
    if asking.restricted and asking.restricted in answer.text:
        return Account.FINE, ""
    return (Account.ODD if scheme in UNSURE else Account.REFUSED), status


def amazon(way: WayOut) -> tuple[Account, str]:
    """By SESv2's GetAccount, which also says whether strangers may be mailed."""
    client_error = import_string("botocore.exceptions.ClientError")
    any_error = import_string("botocore.exceptions.BotoCoreError")
    backend = way.connection()
    try:
        backend.open()
        account = backend.client.get_account()  # type: ignore[attr-defined]  # Anymail's has it
    except client_error as error:
        code = error.response["Error"]["Code"]
        return (Account.FINE if "AccessDenied" in code else Account.REFUSED), code
    except any_error as error:
        return Account.OUT_OF_REACH, type(error).__name__
    if not account.get("SendingEnabled", True):
        return Account.SANDBOX, "SendingEnabled=false"
    if not account.get("ProductionAccessEnabled", True):
        return Account.SANDBOX, "ProductionAccessEnabled=false"
    return Account.FINE, ""
