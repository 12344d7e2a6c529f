"""The ways by which somebody may ask for a newsletter, and from where."""

import json

from django.test import Client
from lxml import html

from newsletter.embed import snippet
from newsletter.models import Newsletter


def by_form(client: Client, email: str):
    return client.post("/subscribe/", {"email": email, "language": "en"})


def by_embedded_form(client: Client, email: str):
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    form = dict(html.fromstring(snippet(newsletter, "en")).form_values())
    return client.post("/subscribe/", form | {"email": email})


def by_api(client: Client, email: str):
    body = json.dumps({"email": email, "language": "en"})
    return client.post("/api/subscribe/", body, content_type="application/json")


def by_lost_link(client: Client, email: str):
    return client.post("/choices/", {"email": email})


def network(number: int) -> Client:
    return Client(REMOTE_ADDR=f"198.{18 + number // 256}.{number % 256}.7")
