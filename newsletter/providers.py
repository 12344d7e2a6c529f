"""Who carries our mail: EMAIL_URL and its like, read into mail backends and their options."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.utils.module_loading import import_string

if TYPE_CHECKING:  # the settings, which it needs, are made from what stands here
    from django.core.mail.backends.base import BaseEmailBackend

SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
DJANGO_NAMES = {
    "host": "EMAIL_HOST",
    "port": "EMAIL_PORT",
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
    "use_tls": "EMAIL_USE_TLS",
    "use_ssl": "EMAIL_USE_SSL",
    "timeout": "EMAIL_TIMEOUT",
    "cafile": "EMAIL_CAFILE",
}
MOST_CONNECTIONS = 100  # of a channel
SECONDS = (5, 60)  # to connect to a provider, and to wait for each piece of its answer


@dataclass(frozen=True)
class Provider:
    """How Anymail wants to be told of one: its settings' prefix, and what may stand in the URL.

    `sets` are the header fields that it sets itself: naming them in a call is refused, as Mailjet
    does (github.com/symfony/symfony/issues/44000), or in vain. Mailgun takes a Message-ID, but not
    one for each reader of a batch.
    """

    prefix: str
    keys: tuple[str, ...] = ("api_key",)
    options: tuple[str, ...] = ()
    sets: tuple[str, ...] = ("date", "message-id")


PROVIDERS = {
    "brevo": Provider("BREVO"),
    "mailgun": Provider("MAILGUN", options=("sender_domain",)),
    "mailjet": Provider(
        "MAILJET", keys=("api_key", "secret_key"), sets=("date", "message-id", "list-id")
    ),
    "mailtrap": Provider("MAILTRAP", keys=("api_token",), options=("sandbox_id",)),
    "postmark": Provider(
        "POSTMARK", keys=("server_token",), options=("message_stream",), sets=("date",)
    ),
    "resend": Provider("RESEND"),
    "sendgrid": Provider("SENDGRID", sets=("date",)),
    "sparkpost": Provider("SPARKPOST", options=("subaccount",)),
}
SCHEMES = ["maildir", *SMTP_PORTS, "ses", *PROVIDERS]


class BadEmailUrl(ValueError):
    """EMAIL_URL names no way out that we know; the message says which there are."""


@dataclass(frozen=True)
class WayOut:
    """A mail backend, by its dotted path, and the keyword options that make a connection of it."""

    scheme: str
    backend: str
    options: Mapping[str, object] = field(repr=False)  # keys and passwords among them

    def connection(self, **more: object) -> BaseEmailBackend:
        """A mail backend that leads out there, not opened yet; with these options, too."""
        with warnings.catch_warnings():  # docs/configuration.md says what stands behind SendGrid's
            warnings.filterwarnings("ignore", module=r"anymail\.backends\.sendgrid")
            made: BaseEmailBackend = import_string(self.backend)(**self.options, **more)
        return made


def way_out(url: str) -> WayOut:
    """Read one EMAIL_URL.

    `maildir:///folder`, `smtp://[user:password@]host[:port]` (`smtp+tls` for STARTTLS, `smtps`
    for TLS from the start), `ses://[KEY:SECRET@]region`, or another provider with its key:
    `postmark://KEY`, `mailgun://KEY?sender_domain=example.org`. `?api_url=` is where a provider is
    reached. Raises BadEmailUrl.
    """
    parts, port = split(url)
    if parts.scheme == "maildir":
        return maildir(parts)
    if parts.scheme in SMTP_PORTS:
        return smtp(parts, port or SMTP_PORTS[parts.scheme])
    if parts.scheme == "ses":
        return ses(parts)
    if parts.scheme in PROVIDERS:
        return provider(parts)
    known = ", ".join(SCHEMES)
    raise BadEmailUrl(f"EMAIL_URL starts with {parts.scheme!r}; use one of: {known}")


def mail_settings(url: str) -> dict[str, object]:
    """Django's mail settings for one EMAIL_URL: what small mails leave by. Raises BadEmailUrl."""
    way = way_out(url)
    if way.scheme == "maildir":
        return {"EMAIL_BACKEND": way.backend, "MAILDIR": way.options["folder"]}
    if way.scheme in SMTP_PORTS:
        of_smtp = {DJANGO_NAMES[name]: value for name, value in way.options.items()}
        return {"EMAIL_BACKEND": way.backend, **of_smtp}
    of_anymail = {anymail_name(way.scheme, name): value for name, value in way.options.items()}
    return {"EMAIL_BACKEND": way.backend, "ANYMAIL": of_anymail}


def anymail_name(scheme: str, option: str) -> str:
    """The setting that an option of a provider's backend is read from."""
    if option == "requests_timeout":
        return "REQUESTS_TIMEOUT"
    prefix = "AMAZON_SES" if scheme == "ses" else PROVIDERS[scheme].prefix
    return f"{prefix}_{option.upper()}"


def headers_taken(provider: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Those that a call to the provider, by Anymail's name of it, may name."""
    known = PROVIDERS.get(provider.lower())  # Amazon is none of them: it gets the whole message
    sets = known.sets if known else ()
    return {name: value for name, value in headers.items() if name.lower() not in sets}


def channel_urls(environment: Mapping[str, str], default: str) -> dict[str, str]:
    """The channels' URLs by name, in the order in which they are tried.

    EMAIL_URL is the channel `default`; EMAIL_URL_<NAME> adds one, named in small letters. Raises
    BadEmailUrl with the variable's name.
    """
    variables = {"EMAIL_URL": default} | {
        variable: environment[variable]
        for variable in sorted(environment)
        if variable.startswith("EMAIL_URL_") and environment[variable]
    }
    for variable, url in variables.items():
        try:
            way_out(url)
        except BadEmailUrl as error:
            raise BadEmailUrl(str(error).replace("EMAIL_URL", variable)) from None
    if "EMAIL_URL_DEFAULT" in variables:
        raise BadEmailUrl("EMAIL_URL_DEFAULT: the channel `default` is named by EMAIL_URL")
    return {name_of(variable): url for variable, url in variables.items()}


def name_of(variable: str) -> str:
    return variable.removeprefix("EMAIL_URL").removeprefix("_").lower() or "default"


def split(url: str) -> tuple[SplitResult, int | None]:
    """The parts and the port; what cannot be read is not repeated, as it may hold a password."""
    try:
        parts = urlsplit(url)
        return parts, parts.port if parts.scheme in SMTP_PORTS else None
    except ValueError:
        raise BadEmailUrl(
            "EMAIL_URL cannot be read; write smtp://user:password@host:port, with the special "
            "characters of a password percent-encoded"
        ) from None


def maildir(parts: SplitResult) -> WayOut:
    if parts.netloc or not parts.path:
        raise BadEmailUrl("EMAIL_URL names no folder; write maildir:///folder, with three slashes")
    return WayOut(parts.scheme, "newsletter.mailbox.EmailBackend", {"folder": unquote(parts.path)})


def smtp(parts: SplitResult, port: int) -> WayOut:
    if not parts.hostname:
        raise BadEmailUrl("EMAIL_URL names no host; write smtp://host:port")
    asked = query(parts, "cafile")
    options: dict[str, object] = {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        "timeout": 60,  # seconds
        "cafile": asked.get("cafile", ""),
    }
    return WayOut(parts.scheme, "newsletter.smtp.EmailBackend", options)


def ses(parts: SplitResult) -> WayOut:
    """Without a key, boto3 finds one by itself: a role of the machine, a profile."""
    if not parts.hostname:
        raise BadEmailUrl("EMAIL_URL names no region; write ses://KEY:SECRET@eu-west-1")
    if find_spec("boto3") is None:
        raise BadEmailUrl("EMAIL_URL leads to Amazon SES, which needs boto3; pip install boto3")
    asked = query(parts, "api_url", "configuration_set_name")
    client: dict[str, object] = {
        "region_name": parts.hostname,
        "config": {
            "retries": {"total_max_attempts": 1},  # a repeated request is a second mail
            "connect_timeout": SECONDS[0],
            "read_timeout": SECONDS[1],
            "max_pool_connections": MOST_CONNECTIONS,
        },
    }
    if "api_url" in asked:
        client["endpoint_url"] = asked.pop("api_url")
    session = {}
    if parts.username:
        session["aws_access_key_id"] = unquote(parts.username)
        session["aws_secret_access_key"] = unquote(parts.password or "")
    options = {"session_params": session, "client_params": client, **asked}
    return WayOut(parts.scheme, "anymail.backends.amazon_ses.EmailBackend", options)


def provider(parts: SplitResult) -> WayOut:
    known = PROVIDERS[parts.scheme]
    said = [unquote(key) for key in parts.netloc.split(":")] if len(known.keys) > 1 else []
    keys = said or [unquote(parts.netloc)]
    if len(keys) != len(known.keys) or not all(keys):
        written = ":".join(["KEY", "SECRET"][: len(known.keys)])
        raise BadEmailUrl(f"EMAIL_URL names no key; write {parts.scheme}://{written}")
    options: dict[str, object] = dict(zip(known.keys, keys, strict=True))
    options |= query(parts, "api_url", *known.options)
    backend = f"anymail.backends.{parts.scheme}.EmailBackend"
    return WayOut(parts.scheme, backend, options | {"requests_timeout": SECONDS})


def query(parts: SplitResult, *known: str) -> dict[str, str]:
    """What stands behind the question mark. Raises BadEmailUrl for what would be ignored."""
    asked = dict(parse_qsl(parts.query))
    for name in asked:
        if name not in known:
            there_are = ", ".join(known) or "none"
            raise BadEmailUrl(f"EMAIL_URL says {name}=…; its options are: {there_are}")
    if not asked.get("api_url", "http://").startswith(("http://", "https://")):
        raise BadEmailUrl("EMAIL_URL says api_url=…; write https://… there")
    return asked
