"""Who carries our mail: EMAIL_URL, read into Django's and Anymail's settings."""

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

# scheme of EMAIL_URL: Anymail's backend and the setting that takes the URL's key
ANYMAIL = {
    "brevo": ("brevo", "BREVO_API_KEY"),
    "mailgun": ("mailgun", "MAILGUN_API_KEY"),
    "mailtrap": ("mailtrap", "MAILTRAP_API_TOKEN"),
    "postmark": ("postmark", "POSTMARK_SERVER_TOKEN"),
    "resend": ("resend", "RESEND_API_KEY"),
    "sendgrid": ("sendgrid", "SENDGRID_API_KEY"),
    "sparkpost": ("sparkpost", "SPARKPOST_API_KEY"),
}
SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class BadEmailUrl(ValueError):
    """EMAIL_URL names no way out that we know; the message says which there are."""


def mail_settings(url: str) -> dict[str, object]:
    """Django's mail settings for one EMAIL_URL.

    `maildir:///folder`, `smtp://[user:password@]host[:port]` (`smtp+tls` for STARTTLS, `smtps`
    for TLS from the start), or an Anymail provider with its key: `postmark://KEY`,
    `mailgun://KEY?sender_domain=example.org`. Options in the query go to Anymail under the
    provider's prefix. Raises BadEmailUrl.
    """
    parts, port = split(url)
    if parts.scheme == "maildir":
        return maildir_settings(parts)
    if parts.scheme in SMTP_PORTS:
        return smtp_settings(parts, port or SMTP_PORTS[parts.scheme])
    if parts.scheme in ANYMAIL:
        return anymail_settings(parts)
    known = ", ".join(["maildir", *SMTP_PORTS, *ANYMAIL])
    raise BadEmailUrl(f"EMAIL_URL starts with {parts.scheme!r}; use one of: {known}")


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


def maildir_settings(parts: SplitResult) -> dict[str, object]:
    if parts.netloc or not parts.path:
        raise BadEmailUrl("EMAIL_URL names no folder; write maildir:///folder, with three slashes")
    return {"EMAIL_BACKEND": "newsletter.mailbox.EmailBackend", "MAILDIR": unquote(parts.path)}


def smtp_settings(parts: SplitResult, port: int) -> dict[str, object]:
    if not parts.hostname:
        raise BadEmailUrl("EMAIL_URL names no host; write smtp://host:port")
    return {
        "EMAIL_BACKEND": "newsletter.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 60,  # seconds
    }


def anymail_settings(parts: SplitResult) -> dict[str, object]:
    backend, key_setting = ANYMAIL[parts.scheme]
    key = unquote(parts.netloc)
    if not key:
        raise BadEmailUrl(f"EMAIL_URL names no key; write {parts.scheme}://KEY")
    prefix = key_setting.split("_", 1)[0]
    options = {f"{prefix}_{name.upper()}": value for name, value in parse_qsl(parts.query)}
    return {
        "EMAIL_BACKEND": f"anymail.backends.{backend}.EmailBackend",
        "ANYMAIL": {key_setting: key, **options, "REQUESTS_TIMEOUT": (5, 60)},
    }
