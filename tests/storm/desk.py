"""The editors' desk of a site, behind its real web server, and two editors who are logged in."""

from __future__ import annotations

import itertools

import httpx

from tests.storm.site import Site
from tests.storm.web import serve

EDITORS = ("kim", "lee")
PASSWORD = "known to everyone, good for storms only"


class Desk:
    """SITE_URL of the site has to name a free port of this machine, by http."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.url = site.environment["SITE_URL"]
        self.server, _ = serve(site.start, port=int(self.url.rpartition(":")[2]))
        self.editors = itertools.cycle([self.log_in(name) for name in EDITORS])

    def log_in(self, name: str) -> httpx.Client:
        self.site.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        named = ["--username", name, "--email", f"{name}@example.org"]
        self.site.manage("createsuperuser", "--noinput", *named)
        client = httpx.Client(base_url=self.url, timeout=60)
        client.get("/admin/login/")
        told = {"username": name, "password": PASSWORD, "next": "/admin/"}
        self.post(client, "/admin/login/", told)
        return client

    def post(self, client: httpx.Client, path: str, fields: dict) -> None:
        """Raises HTTPStatusError for anything but the redirect that follows a form."""
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        answer = client.post(path, data=fields | token, headers={"Referer": self.url})
        if answer.status_code != 302:
            raise httpx.HTTPStatusError(
                f"{path} answered {answer.status_code}", request=answer.request, response=answer
            )

    def press(self, day: str, verb: str, seen_version: int) -> None:
        """A button of the page of an edition."""
        (key,) = self.site.ledger.ask("SELECT id FROM newsletter_edition WHERE date = %s", day)[0]
        fields = {"seen_version": seen_version, "reason": "a storm", "sure": "yes"}
        self.post(next(self.editors), f"/admin/newsletter/edition/{key}/do/{verb}/", fields)

    def version(self, day: str) -> int:
        return self.site.ledger.value("SELECT version FROM newsletter_edition WHERE date = %s", day)

    def pressed(self) -> int:
        """How many buttons were pressed that did something: each is in the admin's history."""
        return self.site.ledger.value("SELECT count(*) FROM django_admin_log")

    def close(self) -> None:
        self.site.end(self.server)
