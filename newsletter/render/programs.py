"""What mail programs leave out of a page, as far as somebody has tried and told.

Facts are Can I email's (https://www.caniemail.com), looked up in November 2026; each gap names its
page there. Naver Mail is not tried there: what is assumed of it stands with it. Only what our own
mails use is listed.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CELLS = frozenset({"td", "th"})


@dataclass(frozen=True)
class Gap:
    """Something of CSS that a program leaves out, by its page at Can I email.

    `properties` are style properties, also by their longer names: padding is padding-left, too.
    They are left out on `lost_on` and with one of `lost_words` alone, where either is given; else
    everywhere but on `kept_on` and with one of `kept_values`. A gap without properties is about
    style blocks.
    """

    feature: str
    properties: tuple[str, ...] = ()
    kept_on: frozenset[str] = frozenset()
    kept_values: frozenset[str] = frozenset()
    lost_on: frozenset[str] = frozenset()
    lost_words: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        return f"https://www.caniemail.com/features/{self.feature}/"

    def takes(self, element: str, name: str, value: str) -> bool:
        """Whether a declaration on an element is left out."""
        if not any(name == known or name.startswith(f"{known}-") for known in self.properties):
            return False
        if self.lost_on or self.lost_words:
            return element in self.lost_on or not self.lost_words.isdisjoint(value.split())
        return element not in self.kept_on and value not in self.kept_values


STYLE_BLOCKS = Gap("html-style")
MEDIA = Gap("css-at-media")
DARK = Gap("css-at-media-prefers-color-scheme")
ATTRIBUTES = Gap("css-selector-attribute")


@dataclass(frozen=True)
class Program:
    """A mail program, or a way to use one."""

    name: str
    label: str | Promise
    says: str | Promise  # what the gaps do not say
    gaps: tuple[Gap, ...] = ()
    reads_conditions: bool = False  # [if mso]: what is written for Word alone
    is_tried: bool = True  # at Can I email

    def lacks(self, gap: Gap) -> bool:
        return gap in self.gaps

    def keeps(self, element: str, name: str, value: str) -> bool:
        return not any(gap.takes(element, name, value) for gap in self.gaps)

    @property
    def left_out(self) -> dict[str, str]:
        """What was found at Can I email, by the name of its page there, and where that is."""
        return {gap.feature: gap.url for gap in self.gaps if self.is_tried}


# Tried on an iPhone and a Mac: of what we use, nothing is left out but in a case without effect.
AS_WRITTEN = Program(
    "", _("As written"), _("So Apple Mail and most programs with a browser inside show it.")
)

GMAIL_GAPS = (DARK, ATTRIBUTES, Gap("css-overflow-wrap", ("overflow-wrap",)))

PROGRAMS = {
    program.name: program
    for program in (
        AS_WRITTEN,
        Program(
            "gmail",
            "Gmail",
            _("In the dark, Gmail chooses colours of its own, which nobody outside knows."),
            GMAIL_GAPS,
        ),
        Program(
            "gmail-other",
            _("Gmail app, other account"),
            _("An account of Naver or of a company, read in Gmail’s app: no style block is read."),
            (STYLE_BLOCKS, *GMAIL_GAPS),
        ),
        Program(
            "outlook",
            _("Outlook for Windows"),
            _("Drawn by Word’s engine: the width is that of a table written for it alone."),
            (
                MEDIA,
                DARK,
                ATTRIBUTES,
                Gap("css-padding", ("padding",), kept_on=CELLS),
                Gap("css-margin", ("margin",), lost_on=frozenset({"span", "body"})),
                Gap("css-margin", ("margin",), lost_words=frozenset({"auto"})),
                Gap("css-display", ("display",), kept_values=frozenset({"none"})),
                Gap(
                    "css-width", ("width",), lost_on=frozenset({"body", "span", "div", "p", "img"})
                ),
                Gap("css-max-width", ("max-width",)),
                Gap("css-max-height", ("max-height",)),
                Gap("css-overflow", ("overflow",)),
                Gap("css-overflow-wrap", ("overflow-wrap",)),
                Gap("css-border-radius", ("border-radius",)),
                Gap("css-white-space", ("white-space",)),
            ),
            reads_conditions=True,
        ),
        Program(
            "naver",
            _("Naver Mail"),
            _("Nobody publishes trials of it. Assumed is the worst: no style block is read."),
            (STYLE_BLOCKS,),
            is_tried=False,
        ),
    )
}
