"""The cast and the clock, and the ground for tests that need a browser or processes."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import stamina
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone, translation
from kombu import Connection, pools
from playwright.sync_api import Page, expect
from pydantic_ai import models as language_models
from pytest_django.plugin import blocking_manager_key
from pytest_httpserver import HTTPServer

from newsletter.celery import app
from newsletter.models import Newsletter, Subscription
from newsletter.providers import mail_settings
from papers.sources.arxiv import ARXIV
from papers.summarise.pool import KEPT
from tests import smtp_relay
from tests.browser import find_chromium, launch_options
from tests.desk import log_in
from tests.factories import default_newsletter, make_editor, make_subscription
from tests.ground import free_port
from tests.language_model import LanguageModels, configured
from tests.migrated import keep_rows, put_rows_back
from tests.smtp_sink import Sink, SinkThread

expect.set_options(timeout=15_000)  # milliseconds; of two cores both may be busy

EMPTIES = pytest.StashKey[bool]()
SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real answers and editions, laid beside the checkout; the product ships none of them."""
    if not SHARED_DATA.is_dir():
        pytest.fail(f"{SHARED_DATA} is missing: the real input data lies beside the checkout")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def journals(settings, tmp_path):
    """No test finds another's: SQLite counts slices from one again after each."""
    settings.JOURNAL_DIR = tmp_path / "journal"
    return settings.JOURNAL_DIR


@pytest.fixture(autouse=True)
def pool():
    """No test is judged among another's papers."""
    KEPT.clear()


@pytest.fixture(autouse=True)
def language():
    """A page leaves its language behind for whatever comes next in the same thread."""
    yield
    translation.deactivate()


language_models.ALLOW_MODEL_REQUESTS = False  # but for tests with a stand-in


@pytest.fixture(autouse=True)
def no_models(settings):
    """No test asks a language model by chance, whatever this machine's .env says."""
    settings.LLM_MODELS = []


@pytest.fixture
def models(settings):
    """A stand-in for a language model, which is asked: a dollar for a million tokens read, and two
    for as many written."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        models = LanguageModels(server)
        settings.LLM_MODELS = [configured(models.url)]
        settings.LLM_SECONDS = 5
        with language_models.override_allow_model_requests(True):
            yield models
        models.released.set()


@pytest.fixture
def desk(client, db) -> Client:
    """Signed in as somebody who may do all."""
    client.force_login(make_editor(is_superuser=True))
    return client


@pytest.fixture
def plain_cookies(settings):
    """A browser keeps those with the prefix of a host over HTTPS alone; tests serve without."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "sessionid", "csrftoken"


@pytest.fixture
def open_page(page, live_server, client, transactional_db, plain_cookies):
    """Opens a page of the desk for somebody who may do all; what the console complains of fails the
    test."""
    complaints: list[str] = []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    log_in(
        page, client, live_server.url, make_editor(is_superuser=True, email="kim@paperboy.example")
    )

    def opened(path: str) -> Page:
        page.goto(f"{live_server.url}{path}")
        return page

    yield opened
    assert [text for text in complaints if "net::ERR_FAILED" not in text] == []


@pytest.fixture
def daily_papers(db) -> Newsletter:
    return default_newsletter()


@pytest.fixture
def file(tmp_path, daily_papers):
    """Writes a file of readers to import."""

    def write(text: str, encoding="utf-8"):
        path = tmp_path / "readers.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def alice(db) -> Subscription:
    """Confirmed, reads Korean."""
    return make_subscription("alice@example.org", language="ko")


@pytest.fixture
def emma(db) -> Subscription:
    """Confirmed, reads English."""
    return make_subscription("emma@example.org", language="en")


@pytest.fixture
def bob(db) -> Subscription:
    """Asked, and never confirmed."""
    return make_subscription("bob@example.org", state=Subscription.State.PENDING, confirmed_at=None)


@pytest.fixture
def carol(db) -> Subscription:
    """Left."""
    return make_subscription(
        "carol@example.org",
        state=Subscription.State.UNSUBSCRIBED,
        unsubscribed_at=timezone.now() - timedelta(hours=1),
    )


@pytest.fixture
def stranger() -> Client:
    """A browser or mail provider without cookies, where a CSRF token would be asked for."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def no_broker(monkeypatch):
    """Nothing listens where the wake-up calls go, whatever connections were kept before."""
    nowhere = Connection("redis://127.0.0.1:9/0", transport_options={"max_retries": 1})
    monkeypatch.setattr(app.amqp, "_producer_pool", pools.producers[nowhere])


@pytest.fixture
def relay_later(settings):
    """The way out leads to a port where nobody listens until the test opens it."""
    port = free_port()
    url = f"smtp://127.0.0.1:{port}"
    settings.CHANNELS = {"default": url}
    for name, value in mail_settings(url).items():
        setattr(settings, name, value)
    controllers = []

    def open_relay() -> smtp_relay.Relay:
        relay, controller = smtp_relay.start(port)
        controllers.append(controller)
        return relay

    yield open_relay
    for controller in controllers:
        controller.stop()


@pytest.fixture
def relay(relay_later):
    return relay_later()


@pytest.fixture
def sink():
    """An SMTP server that misbehaves when it is told to."""
    with SinkThread(Sink()) as sink:
        yield sink


def pytest_itemcollected(item):
    """Mark a test by what it asks for, so that nobody has to remember to."""
    if commits(item):
        # It ends with empty tables, and nothing of Django's own in them.
        item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))
    if "db" in item.fixturenames or item.get_closest_marker("django_db"):
        item.add_marker("database")
    if "browser" in item.fixturenames:
        item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Those that wait for processes come first: meanwhile the other workers do the rest."""
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)


def commits(item):
    return not {"transactional_db", "live_server"}.isdisjoint(item.fixturenames)


@pytest.fixture
def transactional_db(transactional_db, request):
    """Its tables are empty when it is torn down."""
    request.node.stash[EMPTIES] = True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    answer = yield
    if item.stash.get(EMPTIES, False) and nextitem:  # after the last one, the database is gone
        with item.config.stash[blocking_manager_key].unblock():
            put_rows_back()
    return answer


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = find_chromium()
    if chromium is None:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop(
            "no browser: install Chromium, or npm and run `make test`, or set CHROMIUM=/path/to/it"
        )
    return browser_type_launch_args | launch_options(chromium)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Playwright leaves an event loop running in the tests' thread, in which no other can start:
    whoever drives no browser does not see it, from the first fixture to the last. Django has a
    connection for each of the two, so a test that saw one after the other would not be rolled back.
    """
    loop = asyncio._get_running_loop()
    if "browser" not in item.fixturenames:
        asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        if loop and not loop.is_closed():
            asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def browser(django_db_setup, browser):
    """Closed in the loop that it was started in, whatever the last test saw; before it, connections
    made within that loop and without, which would keep the tests' database from being dropped."""
    loop = asyncio._get_running_loop()
    yield browser
    for seen in (None, loop):
        asyncio._set_running_loop(seen)
        connections.close_all()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """SQLite is tested as it runs: a file, with its write-ahead log, not a table in memory."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.VAR_DIR / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What the migrations wrote is put back by us, so there is nothing for Django to put back; each
    of its connections is told so, for Playwright runs an event loop, for which it makes new ones.
    """
    type(connections["default"])._test_serialized_contents = "[]"
    vars(connections["default"]).pop("_test_serialized_contents", None)
    with django_db_blocker.unblock():
        keep_rows()


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """Started once the tests' database is there: what it finds before, its threads would share."""
    return live_server


@pytest.fixture
def process_environment(transactional_db) -> dict[str, str]:
    """For the processes a test starts: they see the test's own database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = url._replace(path=f"/{connection.settings_dict['NAME']}")
    return os.environ | {"DATABASE_URL": database.geturl()}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Sources are asked again at once, and arXiv's stand-in as often as we like."""
    monkeypatch.setattr(ARXIV.http.pace, "seconds", 0)
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def patient(impatient):
    """Waits before it asks again, as in life."""
    with stamina.set_testing(False):
        yield
