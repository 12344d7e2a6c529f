"""A mail as a mail program would show it, by what is known of that program: an approximation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import cssutils
from lxml import html

from newsletter.render.programs import ATTRIBUTES, DARK, MEDIA, STYLE_BLOCKS, Program

# Word's own words in a comment; the settings among them are none that a browser could show.
CONDITION = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)
WORD_SETTINGS = re.compile(r"<xml>.*?</xml>", re.DOTALL)
FOR_THE_DARK = re.compile(r"prefers-color-scheme:\s*dark")
SCHEMES = ("color-scheme", "supported-color-schemes")
NO_PICTURE = "data:,"  # loads nothing, and leaves the box with its words


@dataclass(frozen=True)
class Look:
    """How somebody reads: light or dark, with pictures or without."""

    dark: bool = False
    pictures: bool = True

    @property
    def scheme(self) -> str:
        return "dark" if self.dark else "light"


def as_seen(page: str, program: Program, look: Look) -> str:
    """The page with what the program leaves out left out, whatever the browser that shows it
    prefers: in the dark the mail's own rules for it count, in the light none of them does."""
    document = html.document_fromstring(for_word(page) if program.reads_conditions else page)
    for element in document.iter("*"):
        if element.tag == "style":
            kept = not program.lacks(STYLE_BLOCKS)
            element.text = kept_rules(element.text or "", program, look) if kept else ""
        elif element.get("name") == "color-scheme":
            element.set("content", look.scheme)
        elif element.tag == "img" and not look.pictures:
            element.set("src", NO_PICTURE)
        if style := element.get("style"):
            element.set("style", kept_declarations(str(style), str(element.tag), program))
    return str(html.tostring(document, encoding="unicode", doctype="<!DOCTYPE html>"))


def for_word(page: str) -> str:
    """What is hidden from all but Word, shown."""
    return CONDITION.sub(lambda found: WORD_SETTINGS.sub("", found[1]), page)


@lru_cache(maxsize=64)
def kept_rules(css: str, program: Program, look: Look) -> str:
    """A style block as the program reads it."""
    sheet = cssutils.parseString(css, validate=False)
    return "\n".join(text for rule in sheet if (text := kept_rule(rule, program, look)))


def kept_rule(rule: cssutils.css.CSSRule, program: Program, look: Look) -> str:
    if rule.type == rule.MEDIA_RULE:
        return kept_media(rule, program, look)
    if rule.type != rule.STYLE_RULE or (program.lacks(ATTRIBUTES) and "[" in rule.selectorText):
        return ""
    for name in SCHEMES:
        if rule.style.getPropertyValue(name):
            rule.style.setProperty(name, look.scheme)
    return str(rule.cssText)


def kept_media(rule: cssutils.css.CSSMediaRule, program: Program, look: Look) -> str:
    """Rules for the dark become rules for all, or go."""
    if program.lacks(MEDIA):
        return ""
    if not FOR_THE_DARK.search(rule.media.mediaText):
        return str(rule.cssText)
    if program.lacks(DARK) or not look.dark:
        return ""
    return "\n".join(str(inner.cssText) for inner in rule.cssRules)


@lru_cache(maxsize=4096)
def kept_declarations(style: str, element: str, program: Program) -> str:
    """A style attribute as the program reads it."""
    if not program.gaps:
        return style
    kept = [
        f"{each.name}:{each.value}"
        for each in cssutils.parseStyle(style, validate=False)
        if program.keeps(element, each.name, each.value)
    ]
    return ";".join(kept)
