"""Where a sentence of an abstract ends."""

import re
from collections.abc import Iterator

# A stop before a blank; or, as some abstracts come, between two words: "such contexts.In this".
END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|(?<=[a-z]{4})\.(?=[A-Z][a-z]+\s)")
# The sentence goes on after these, whatever the case of the next letter.
GO_ON = {"e.g", "i.e", "a.k.a", "al", "vs", "cf", "fig", "figs", "eq", "eqs", "sec", "tab", "no"}
GO_ON |= {"dr", "prof", "mr", "mrs", "ms", "st", "approx", "ca", "incl", "resp", "viz"}
SHORTENED = re.compile(r"(?:\w+\.)+\w+|etc", re.IGNORECASE)  # w.r.t., U.S.: on before small letters
INITIAL = re.compile(r"[A-Z]")  # J. Smith goes on, vitamin C. We does not
STARTERS = {"A", "However", "In", "It", "Moreover", "Our", "The", "These", "This", "To", "We"}


def folded(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, in order; each is a verbatim piece of the folded text."""
    text, start = folded(text), 0
    for end in END.finditer(text):
        if ends(text[start : end.end()].strip(), text[end.end() :].strip()):
            yield text[start : end.end()].strip()
            start = end.end()
    if text[start:].strip():
        yield text[start:].strip()


def ends(so_far: str, rest: str) -> bool:
    """Whether a sentence ends between two texts, of which the first ends with a stop."""
    if " " not in so_far:  # a list's "1." is no sentence
        return False
    word = re.split(r"[\s(\[“\"]", so_far)[-1].rstrip(".!?\"'”’)]")
    following = rest.partition(" ")[0]
    if INITIAL.fullmatch(word):
        return following.rstrip(",") in STARTERS
    if SHORTENED.fullmatch(word) and following[:1].islower():
        return False
    return word.lower() not in GO_ON
