"""The languages that Paperboy speaks: that of its texts in the code, and each that it has the words
of. The settings ask; everything else reads LANGUAGES."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language, to_language

OF_THE_CODE = "en"


def spoken(folder: Path, first: str) -> list[tuple[str, str]]:
    """Code and own name of each language with compiled words in a folder of locales, and of that
    of the code; `first` first, that of the code next."""
    found = {to_language(words.parts[-3]) for words in folder.glob("*/LC_MESSAGES/django.mo")}
    others = sorted(found - {first, OF_THE_CODE})
    return [(code, own_name(code)) for code in dict.fromkeys([first, OF_THE_CODE, *others])]


def own_name(code: str) -> str:
    """Raises ImproperlyConfigured for what is no language."""
    try:
        return str(LANG_INFO[code]["name_local"])
    except KeyError:
        raise ImproperlyConfigured(
            f"newsletter/locale has a folder for {code!r}, which Django knows no language by. "
            "Name it as Django does: de, pt_BR, zh_Hans."
        ) from None


def page_language() -> str:
    """The active one; the site's where none is."""
    return get_language() or settings.LANGUAGE_CODE
