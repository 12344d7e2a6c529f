"""What was mailed, to look at, while mail goes to the local mailbox. In development only."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import wraps
from typing import ParamSpec

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsletter import frames, mailbox

LETTERS_A_PAGE = 50
PREFERS_DARK = re.compile(r"\(prefers-color-scheme:\s*dark\)")
# What stands in its place to see a mail as a device in light or in dark colours does.
SCHEMES = {"light": "(max-width:0)", "dark": "(min-width:0)"}
LANGUAGE = re.compile(r"<html[^>]* lang=\"([a-z]{2,3}(?:-[a-z0-9]+)*)\"")

P = ParamSpec("P")


def development_only(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Not there once mail really leaves, or where strangers may come by."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not (settings.DEBUG and settings.MAILDIR):
            raise Http404
        return view(*args, **kwargs)

    return answer


@dataclass(frozen=True)
class Opened:
    """A message as the pages show it."""

    key: str
    kept_at: datetime
    subject: str
    to: str
    language: str
    html: str
    text: str
    headers: list[tuple[str, str]]
    source: str
    size: int  # octets


@development_only
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """What was mailed, newest first."""
    page = Paginator(mailbox.letters(), LETTERS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "opened": [opened(letter) for letter in page]}
    return render(request, "newsletter/mailbox.html", context)


@development_only
@require_safe
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as a phone and a desktop show it, its text, headers and source."""
    scheme = request.GET.get("scheme", "")
    context = {"opened": opened(find(key)), "scheme": scheme if scheme in SCHEMES else ""}
    return render(request, "newsletter/letter.html", context)


@development_only
@require_safe
def html(request: HttpRequest, key: str) -> HttpResponse:
    """The mail's HTML, for a frame."""
    page = opened(find(key)).html
    if condition := SCHEMES.get(request.GET.get("scheme", "")):
        page = PREFERS_DARK.sub(condition, page)
    return frames.html_page(page)


@development_only
@require_safe
def eml(request: HttpRequest, key: str) -> HttpResponse:
    """The bytes that SMTP would get, to open in a mail program."""
    answer = HttpResponse(find(key).source(), content_type="message/rfc822")
    answer["Content-Disposition"] = f'attachment; filename="{key}.eml"'
    return answer


def find(key: str) -> mailbox.Letter:
    if letter := mailbox.letter(key):
        return letter
    raise Http404


def opened(letter: mailbox.Letter) -> Opened:
    source = letter.source()
    message = letter.message()
    html = body(message, "html")
    language = LANGUAGE.search(html)
    return Opened(
        key=letter.key,
        kept_at=letter.kept_at,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        language=language[1] if language else "",
        html=html,
        text=body(message, "plain"),
        headers=[(name, str(value)) for name, value in message.items()],
        source=source.decode(errors="replace"),
        size=len(source),
    )


def body(message: EmailMessage, kind: str) -> str:
    """The part of a kind, or nothing."""
    part = message.get_body((kind,))
    return part.get_content().replace("\r\n", "\n") if part else ""
