"""A language more is a file of words and nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings as product
from django.core.exceptions import ImproperlyConfigured

from newsletter import links
from newsletter.languages import spoken
from newsletter.render import render_edition
from newsletter.render.mail import render_mail
from tests.desk import filled_form
from tests.factories import make_edition, make_editor, make_subscription

LOCALES = Path(product.LOCALE_PATHS[0])
MARK = "§"  # before each text of the made language


def write_german(locales: Path) -> None:
    """Each text of ours as it stands in the code, marked, in a language with two forms."""
    words = polib.pofile(str(LOCALES / "ko" / "LC_MESSAGES" / "django.po"))
    words.metadata |= {"Language": "de", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    for entry in words:
        if entry.msgid_plural:
            forms = (entry.msgid, entry.msgid_plural)
            entry.msgstr_plural = {form: MARK + text for form, text in enumerate(forms)}
        else:
            entry.msgstr = MARK + entry.msgid
    folder = locales / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    words.save(str(folder / "django.po"))
    words.save_as_mofile(str(folder / "django.mo"))


@pytest.fixture
def german(settings, tmp_path, db, daily_papers):
    shutil.copytree(LOCALES, tmp_path / "locale")
    write_german(tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.LANGUAGES = spoken(tmp_path / "locale", first="ko")
    daily_papers.languages = ["ko", "en", "de"]
    daily_papers.save()
    return daily_papers


def test_the_languages_are_those_that_there_are_words_of(tmp_path):
    for name in ("ko", "de", "pt_BR"):
        (tmp_path / name / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / name / "LC_MESSAGES" / "django.mo").touch()
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)  # not compiled yet

    assert spoken(tmp_path, first="ko") == [
        ("ko", "한국어"),
        ("en", "English"),
        ("de", "Deutsch"),
        ("pt-br", "Português Brasileiro"),
    ]


def test_the_product_speaks_korean_first_and_english():
    assert product.LANGUAGES == [("ko", "한국어"), ("en", "English")]


def test_a_folder_that_is_no_language_stops_the_start_with_its_name(tmp_path):
    (tmp_path / "xx" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "xx" / "LC_MESSAGES" / "django.mo").touch()

    with pytest.raises(ImproperlyConfigured, match="'xx'"):
        spoken(tmp_path, first="ko")


def test_the_site_answers_in_it_and_leads_there(german, client):
    pages = {path: client.get(path).content.decode() for path in ("/de/", "/de/editions/", "/en/")}

    assert all('<html lang="de"' in pages[path] for path in ("/de/", "/de/editions/"))
    assert f">{MARK}Past editions</a>" in pages["/de/"]
    assert "§" not in pages["/en/"]
    assert 'hreflang="de" href="https://paperboy.example/de/"' in pages["/en/"]
    assert re.search(r'<a href="/de/" lang="de" hreflang="de">Deutsch</a>', pages["/en/"])


def test_the_form_offers_it_and_the_readers_pages_are_in_it(german, client):
    reader = make_subscription("dana@example.org", language="de")
    path = links.unsubscribe_url(reader.pk).removeprefix("https://paperboy.example")

    form = client.get("/de/").content.decode()
    pages = [client.get(path + more).content.decode() for more in ("", "choices/")]

    assert re.search(r'<option value="de"\s+selected>Deutsch</option>', form)
    assert all('<html lang="de"' in page and MARK in page for page in pages)


@pytest.mark.parametrize(("count", "said"), [(1, "§1 paper"), (2, "§2 papers")])
def test_an_edition_is_written_in_it_with_the_right_plural(german, count, said):
    mail = render_edition(make_edition(german, papers=count), "de")

    assert '<html lang="de"' in mail.html
    assert re.search(rf"{said}\b(?!s)", mail.html)
    assert f"{MARK}Unsubscribe" in mail.text
    assert re.findall(r'lang="(\w+)"[^>]*>([^<]+)</a>', mail.html)[:2] == [
        ("ko", "한국어"),
        ("en", "English"),
    ]


def test_small_mails_are_in_it(german):
    context = {"newsletter": german, "confirm_url": "https://paperboy.example/c/x/"}

    mail = render_mail("confirm", context, "de")

    assert mail.subject.startswith(MARK)
    assert '<html lang="de"' in mail.html


def test_the_desk_writes_a_newsletter_and_summaries_in_it(german, client):
    client.force_login(make_editor(is_superuser=True))
    edition = make_edition(german)
    url = f"/de/admin/newsletter/newsletter/{german.pk}/change/"
    saved = client.post(
        url,
        filled_form(client, url, "newsletter_form") | {"languages": ["de"], "main_language": "de"},
    )
    desk = client.get(f"/de/admin/newsletter/edition/{edition.pk}/change/").content.decode()

    german.refresh_from_db()
    assert (saved.status_code, german.languages) == (302, ["de"])
    assert re.search(r'<label lang="de"><input [^>]+>Deutsch</label>', desk)


@pytest.mark.processes
def test_a_fresh_site_with_its_words_speaks_it_at_once(tmp_path):
    root = Path(product.BASE_DIR)
    for folder in ("newsletter", "papers", "templates"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(root / "manage.py", tmp_path)
    write_german(tmp_path / "newsletter" / "locale")
    environment = os.environ | {"DATABASE_URL": "", "VAR_DIR": str(tmp_path / "var")}

    def manage(*command: str) -> str:
        whole = [sys.executable, "manage.py", *command]
        return subprocess.run(
            whole, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stdout

    manage("migrate", "--verbosity=0")
    said = manage("shell", "--no-imports", "-c", LOOK)

    assert said.split() == ["ko,en,de", "200", "True"]


LOOK = """
from django.conf import settings
from django.test import Client
answer = Client(headers={"host": "localhost"}).get("/de/", secure=True)
print(",".join(dict(settings.LANGUAGES)), answer.status_code, "§" in answer.content.decode())
"""
