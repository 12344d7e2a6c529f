"""What pages say of themselves and of editions: where they stand, and how they are called."""

from django import template
from django.template.context import Context
from django.urls import reverse, translate_url
from django.utils.translation import override

from newsletter import links
from newsletter.models import Edition, Entry
from newsletter.models.subscribers import masked
from papers.models import Paper

register = template.Library()
register.filter(masked)  # whoever was forwarded a mail, or holds an old one, can open the settings


@register.simple_tag(takes_context=True)
def path_in(context: Context, language: str) -> str:
    """The path of this page in another language; the front page's if it has no such twin."""
    path = context["request"].path if "request" in context else ""
    twin: str = translate_url(path, language)
    if twin != path:
        return twin
    with override(language):
        return reverse("front")


@register.simple_tag
def edition_path(edition: Edition) -> str:
    return links.edition_path(edition)


@register.filter
def absolute(path: str) -> str:
    return links.absolute(path)


@register.filter
def short(title: str) -> str:
    """A title as people say it."""
    return Paper(title=title).short_title


@register.filter
def headline(entry: Entry, language: str) -> str:
    """An editor's own, in place of the title; blank where there is none."""
    return entry.headline(language)


@register.filter
def top_headline(edition: Edition, language: str) -> str:
    """The same of the first entry of an edition that comes `with_headlines`."""
    own: dict[str, str] = getattr(edition, "top_headlines", None) or {}
    return own.get(language, "")
