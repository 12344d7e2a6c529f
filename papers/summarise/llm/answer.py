"""What a model has to answer: a closed form, and words that can be kept and printed."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from papers.summarise.draft import PARTS, Claim

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
LINK = re.compile(r"https?://|www\.|\]\(|<[a-z/!][^>]*>", re.IGNORECASE)
MARKUP = re.compile(r"\*\*|__|^\s*(?:[-*•#>]|\d+[.)])\s|```|\n", re.MULTILINE)


def printable(text: str) -> str:
    """As one line may be kept in a database and printed."""
    if UNPRINTABLE.search(text):
        raise ValueError("it has characters that cannot be printed")
    if not text.strip():
        raise ValueError("it is blank")
    return " ".join(text.split())


def plain(text: str) -> str:
    if LINK.search(text) or MARKUP.search(text.strip()):
        raise ValueError("write plain sentences, without markup, lists, line breaks or links")
    return printable(text)


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, Field(max_length=1000), AfterValidator(plain)]
    quote: Annotated[str, Field(max_length=2000), AfterValidator(printable)]


Part = Annotated[list[Said], Field(min_length=1, max_length=4)]


class Answer(BaseModel):
    """The three parts of a summary, claim by claim."""

    model_config = ConfigDict(extra="forbid", strict=True)

    whats_new: Part
    technical_details: Part
    performance_highlights: Part

    def claims(self) -> list[Claim]:
        return [
            Claim(part, said.text, said.quote) for part in PARTS for said in getattr(self, part)
        ]
