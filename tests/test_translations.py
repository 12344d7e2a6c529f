"""Every text that people see has its words in each language, and the compiled ones are the same."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

CATALOGUES = sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"))
ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted(
    (ROOT / "templates").rglob("*.txt")
)
MODULES = sorted((ROOT / "newsletter").rglob("*.py")) + sorted((ROOT / "papers").rglob("*.py"))
FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
# What Django's templatize makes of a template: calls of gettext among blanked-out text.
CALL = re.compile(r"(?:_|n?gettext)\((u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))", re.DOTALL)


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda path: path.parts[-3])
def path(request):
    return request.param


@pytest.fixture(scope="module")
def catalogue(path):
    return polib.pofile(str(path))


def texts_of_template(path):
    source = templatize(path.read_text(), origin=str(path))
    return {ast.literal_eval(text) for text in CALL.findall(source)}


def texts_of_module(path):
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in FUNCTIONS
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_text_of_the_templates_has_its_words(catalogue):
    known = {entry.msgid for entry in catalogue if entry.translated()}

    missing = {path.name: texts_of_template(path) - known for path in TEMPLATES}

    assert {name: texts for name, texts in missing.items() if texts} == {}


def test_every_text_of_the_modules_has_its_words(catalogue):
    known = {entry.msgid for entry in catalogue if entry.translated()}

    missing = {path.name: texts_of_module(path) - known for path in MODULES}

    assert {name: texts for name, texts in missing.items() if texts} == {}


def test_words_keep_the_places_for_names_and_numbers(catalogue):
    places = re.compile(r"%\(\w+\)s|\{\w+\}")

    for entry in catalogue:
        translations = [entry.msgstr, *entry.msgstr_plural.values()]
        expected = set(places.findall(entry.msgid_plural or entry.msgid))
        assert {frozenset(places.findall(text)) for text in translations if text} == {
            frozenset(expected)
        }, entry.msgid


def test_the_korean_voice_does_not_shout():
    catalogue = polib.pofile(str(next(path for path in CATALOGUES if path.parts[-3] == "ko")))

    shouted = [entry.msgid for entry in catalogue if re.search("!|당신|클릭", entry.msgstr)]

    assert shouted == []


def test_the_compiled_words_are_those_of_their_source(catalogue, path):
    compiled = polib.mofile(str(path.with_suffix(".mo")))

    assert words(compiled) == words(catalogue), "run `make translations` and commit the .mo"


def words(entries):
    return {(entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural for entry in entries}
