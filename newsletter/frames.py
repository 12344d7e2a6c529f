"""A mail inside a page: in a sandboxed frame, from which nothing reaches the page around it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"  # what its links need to open a window
# The desk may see how far a mail is scrolled, and scroll it. As no script runs in the mail, it
# gains nothing from being of our origin.
SCROLLED_BY_US = f"allow-same-origin {SANDBOX}"


def html_page(html: str, sandbox: str = SANDBOX) -> HttpResponse:
    """A mail's HTML, whose links open in a window of their own."""
    page = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    page["Content-Security-Policy"] = policy(sandbox)
    return page


def text_page(text: str, sandbox: str = SANDBOX) -> HttpResponse:
    page = HttpResponse(text, content_type="text/plain; charset=utf-8")
    page["Content-Security-Policy"] = policy(sandbox)
    return page


def policy(sandbox: str) -> str:
    """No script, and of all that a mail could load its pictures alone.

    These are the site's own, wherever a developer opened it, or come over TLS. http: is left out in
    development, too: our mails print no such picture, so that one would show a mistake.
    """
    return (
        f"default-src 'none'; img-src {settings.SITE_URL}/ https: data:; "
        f"style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox {sandbox}"
    )
