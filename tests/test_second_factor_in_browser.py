"""An editor sets up a second factor and signs in with it, in a real browser."""

import re

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from newsletter import audit
from tests.desk import violations
from tests.factories import make_edition, make_member
from tests.second_factor import make_device, shown

PASSWORD = "a long and good password"


@pytest.fixture
def chief(transactional_db, settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return User.objects.create_superuser("chief", password=PASSWORD)


@pytest.fixture
def door(page: Page, live_server, chief, plain_cookies) -> Page:
    """The login page; what the console complains of fails the test."""
    complaints: list[str] = []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/en/admin/")
    yield page
    assert complaints == []


@pytest.fixture
def enter(page: Page, live_server, client, plain_cookies, settings):
    """By the password, without typing it."""
    name = settings.SESSION_COOKIE_NAME

    def entered(editor: User) -> None:
        client.force_login(editor)
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])

    return entered


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("chief")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def type_code(page: Page, code: str, button: str) -> None:
    page.get_by_label("Code from your app").fill(code)
    page.get_by_role("button", name=button).click()


def test_an_editor_sets_it_up_and_signs_in_with_it(door, live_server):
    sign_in(door)
    expect(door).to_have_url(f"{live_server.url}/en/admin/")
    door.goto(f"{live_server.url}/en/admin/second-factor/")
    door.get_by_role("button", name="Set it up").click()
    expect(door.get_by_role("img", name="The key, as a picture for the app")).to_be_visible()
    device = TOTPDevice.objects.get()
    type_code(door, shown(device), "Turn it on")
    codes = door.locator("ol code").all_inner_texts()
    door.context.clear_cookies()

    door.goto(f"{live_server.url}/en/admin/newsletter/edition/")
    sign_in(door)
    expect(door).to_have_url(re.compile("/en/admin/login/code/"))
    type_code(door, codes[0], "Continue")

    expect(door).to_have_url(f"{live_server.url}/en/admin/newsletter/edition/")
    expect(door.get_by_text("That was a recovery code: 9 are left.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_everyone_can_use_its_pages(page, enter, chief, live_server, language, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    chief.last_login = timezone.now()
    chief.save()
    edition = make_edition()
    for _ in range(3):
        audit.write(None, chief, "hold", edition, "Put on hold", "A picture is wrong.")
    lee = make_member("editor", "lee")
    make_device(lee)
    found = {}

    def look(path: str) -> None:
        page.goto(f"{live_server.url}{language}{path}")
        found[path] = violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == 390, path

    enter(chief)
    look("/admin/second-factor/")
    TOTPDevice.objects.create(user=chief, confirmed=False)
    look("/admin/second-factor/set-up/")
    look("/admin/newsletter/auditentry/")
    look(f"/admin/newsletter/edition/{edition.pk}/history/")
    look(f"/admin/auth/user/{lee.pk}/second-factor/")
    enter(lee)
    look("/admin/login/code/")

    assert found == {path: {} for path in found}
