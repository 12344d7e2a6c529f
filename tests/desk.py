"""The desk's forms as a browser would post them."""

from django.test import Client
from django.urls import reverse
from lxml import html

from newsletter.models import Edition


def desk_url(edition: Edition) -> str:
    return reverse("admin:newsletter_edition_change", args=[edition.pk])


def filled_form(client: Client, url: str, form_id: str = "edition_form") -> dict[str, str]:
    """What the page's form holds, untouched."""
    page = html.fromstring(client.get(url).content.decode())
    return dict(page.get_element_by_id(form_id).form_values())


def save(client: Client, edition: Edition, **changes: str):
    """Change these fields on the page of an edition and press a button; what comes in the end."""
    url = desk_url(edition)
    form = filled_form(client, url) | changes
    return client.post(url, {name: value for name, value in form.items() if value != ""})


def field(edition: Edition, place: int, name: str) -> str:
    """The name of a field of the card that is shown at a place, 1 the first."""
    return f"entries-{place - 1}-{name}"


def said(response) -> list[str]:
    """The messages on the page that follows."""
    return [str(message) for message in response.wsgi_request._messages]
